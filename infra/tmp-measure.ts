import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signWriteKey } from '@headwater/schemas/write-key'
import { LocalBridge } from '../edge/local/bridge-process.ts'
import { startEdgeProcess } from '../edge/local/edge-process.ts'
import { freePorts } from './services/ports.ts'
import { startImport } from './import/import-process.ts'
const SECRET = 'local-test-secret-of-32-characters-ok'
const key = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
const bridge = await LocalBridge.start()
const [port] = await freePorts(1)
const dir = mkdtempSync(join(tmpdir(), 'hw-measure-'))
const edge = await startEdgeProcess({ EDGE_PORT: String(port), DATA_DIR: dir, WRITE_KEY_SECRET: SECRET, BRIDGE_SECRET: SECRET, BRIDGE_URL: bridge.url, AUTH_URL: bridge.url, SEAL_MAX_AGE_MS: '500' })
const p = startImport([process.argv[2]!, process.argv[3]!, '--key', key, '--host', edge.url, ...process.argv.slice(4)], { DATA_DIR: dir })
let peak = 0
const t = setInterval(() => { try { const s = readFileSync(`/proc/${p.process.pid}/status`, 'utf8'); peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(s)?.[1] ?? 0)) } catch {} }, 200)
const { output, code } = await p.ended
clearInterval(t)
console.log(output.split('\n').slice(-6).join('\n'), code, 'peak MiB', (peak / 1024).toFixed(0))
edge.process.kill('SIGTERM'); bridge.close()
setTimeout(() => process.exit(0), 3000)

import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { signWriteKey } from '@headwater/schemas/write-key'
import { LocalBridge } from '../../edge/local/bridge-process.ts'
import { type EdgeProcess, endEdge, startEdgeProcess } from '../../edge/local/edge-process.ts'
import { freePorts } from '../services/ports.ts'
import { type ImportProcess, startImport } from './import-process.ts'
import type { ImportState } from './state.ts'

const SECRET = 'local-test-secret-of-32-characters-ok'
const HOUR_MS = 3_600_000
const PATIENCE_MS = 40_000

/** For tests: the real edge as a process, before a bridge that remembers what reached it. */
export interface RealEdge {
  folder: string
  bridge: LocalBridge
  edge: EdgeProcess
  /** A write key that the edge knows. */
  key: string
  /** Starts it anew, on the same port and storage. */
  restart(): Promise<void>
  /** A PostHog export of so many events, one an hour, over and over the same thousand hours. */
  exported(count: number, name: string): { path: string; uuids: string[] }
  /** Imports from PostHog, with these arguments; the state is kept in `dataDir`, by default a common one. */
  start(args: string[], dataDir?: string): ImportProcess
  /** Resolves when all of these have reached the bridge. */
  arrived(uuids: string[]): Promise<void>
  remove(): Promise<void>
}

export async function startRealEdge(): Promise<RealEdge> {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-import-'))
  const key = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
  const bridge = await LocalBridge.start()
  const [port = 0] = await freePorts(1)
  const startEdge = () =>
    startEdgeProcess({
      EDGE_PORT: String(port),
      DATA_DIR: join(folder, 'edge'),
      WRITE_KEY_SECRET: SECRET,
      BRIDGE_SECRET: SECRET,
      BRIDGE_URL: bridge.url,
      AUTH_URL: bridge.url,
      SEAL_MAX_AGE_MS: '50',
    })
  const real: RealEdge = {
    folder,
    bridge,
    key,
    edge: await startEdge(),
    async restart() {
      real.edge = await startEdge()
    },
    exported: (count, name) => exported(count, join(folder, name)),
    start(args, dataDir = folder) {
      const given = args.includes('--key') ? [] : ['--key', key]
      const all = ['posthog', ...args, ...given, '--host', real.edge.url]
      return startImport(all, { DATA_DIR: dataDir })
    },
    arrived: (uuids) =>
      eventually(async () => {
        // A look at the metrics wakes the shards.
        await (await fetch(`${real.edge.url}/_metrics`)).text()
        const known = new Set(bridge.records.map(({ uuid }) => uuid))
        return uuids.every((uuid) => known.has(uuid))
      }),
    async remove() {
      await endEdge(real.edge)
      bridge.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return real
}

/** The state of the one import in a folder, as far as there is one. */
export function stateIn(dataDir: string): ImportState | null {
  try {
    const imports = join(dataDir, 'imports')
    const name = readdirSync(imports).find((file) => file.endsWith('.json')) ?? ''
    return JSON.parse(readFileSync(join(imports, name), 'utf8')) as ImportState
  } catch {
    return null
  }
}

export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to that in time')
    await sleep(20)
  }
}

function exported(count: number, path: string): { path: string; uuids: string[] } {
  const uuids: string[] = Array.from({ length: count }, () => randomUUID())
  const lines = uuids.map((uuid, i) =>
    JSON.stringify({
      uuid,
      event: 'page seen',
      distinct_id: `person-${i % 500}`,
      properties: { number: i, text: 'x'.repeat(100) },
      timestamp: new Date(Date.UTC(2024, 2, 1) + (i % 1_000) * HOUR_MS).toISOString(),
    }),
  )
  const text = `${lines.join('\n')}\n`
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text)
  return { path, uuids }
}

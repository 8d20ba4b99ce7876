import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { signWriteKey } from '@headwater/schemas/write-key'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { COMPATIBILITY_DATE, type RunningEdge, startEdge } from '../miniflare.ts'
import { commandPath } from './config.ts'

const SECRET = 'local-test-secret-of-32-characters-ok'
const run = promisify(execFile)
const text = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8')
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
  )

let edge: RunningEdge
let writeKey: string
let dataDir: string
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'headwater-documents-'))
  // Nobody listens there: what is answered is what the edge holds.
  const away = { BRIDGE_URL: 'http://127.0.0.1:9', AUTH_URL: 'http://127.0.0.1:9' }
  const bindings = { WRITE_KEY_SECRET: SECRET, BRIDGE_SECRET: SECRET, ...away }
  edge = await startEdge({ dataDir, bindings })
  writeKey = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
})
afterAll(async () => {
  await edge.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const hasCurl = spawnSync('curl', ['--version'], { env: { PATH: commandPath() } }).status === 0

it.skipIf(!hasCurl).each(blocks('sh').map((block) => [block.slice(0, 60), block] as const))(
  'holds the event of the documented command: %s',
  async (_start, block) => {
    const command = block.replaceAll('http://localhost:8000', edge.url)
    const env = { PATH: commandPath(), WRITE_KEY: writeKey }
    const { stdout } = await run('sh', ['-c', command], { env })
    expect(stdout).toMatch(/"accepted":1,"dropped":\[\]|"result":"ok"/)
  },
)

it('holds the event of the documented picture', async () => {
  const [, address = ''] = /<img src="([^"]+)"/.exec(blocks('html').join()) ?? []
  const url = new URL(address.replaceAll('&amp;', '&').replace('https://events.example', edge.url))
  url.searchParams.set('api_key', writeKey)
  const response = await fetch(url)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/gif'])
})

it('is reached through the documented Worker', async () => {
  const recipe = blocks('js').find((block) => block.startsWith('// A Worker on the route')) ?? ''
  const contents = recipe.replace('https://events.example', edge.url)
  const proxy = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: 'proxy',
          compatibilityDate: COMPATIBILITY_DATE,
          manifest: {
            mainModule: 'proxy.js',
            modulesRoot: dataDir,
            modules: { 'proxy.js': { type: 'esm', contents } },
          },
        },
        dev: { rootPath: dataDir },
      },
    ],
  })
  try {
    const host = new URL('/hw', await proxy.ready).href
    const event = { api_key: writeKey, event: 'a', distinct_id: 'ann' }
    const answer = await fetch(`${host}/e/?beacon=1`, {
      method: 'POST',
      body: JSON.stringify(event),
    })
    expect(await answer.json()).toMatchObject({ accepted: 1 })
    expect((await fetch(`${host}/analytics.js`)).status).toBe(200)
    const refused = await fetch(`${host}/v1/t`, { method: 'POST', body: '{"userId":"ann"}' })
    expect(await refused.json()).toMatchObject({ code: 'missing_write_key' })
  } finally {
    await proxy.dispose()
  }
})

import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packSdks } from './pack-sdks.ts'

let app: string

beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'headwater-app-'))
  const tarballs = await packSdks(app)
  writeFileSync(join(app, 'package.json'), '{"type":"module"}')
  execFileSync('npm', ['install', '--offline', '--no-audit', ...tarballs], {
    cwd: app,
    stdio: 'pipe',
  })
}, 120_000)
afterAll(() => rmSync(app, { recursive: true, force: true }))

it('packs a server SDK that an application installs and sends with', async () => {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    bodies.push(await text(request))
    response.end('{"status":"Ok","accepted":1,"dropped":[]}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await run(`
    import { createClient } from '@headwater/node'
    const headwater = createClient('wk_default_1_abc', { host: '${host}' })
    headwater.capture({ event: 'signup', distinct_id: 'user-17', properties: { plan: 'team' } })
    await headwater.shutdown()
  `)
  server.close()
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
    api_key: 'wk_default_1_abc',
    batch: [{ event: 'signup', distinct_id: 'user-17', properties: { plan: 'team' } }],
  })
})

it('packs a web SDK that can be imported where there is no page yet', async () => {
  const { stdout } = await run(`
    import headwater, { createClient } from '@headwater/web'
    console.log(typeof headwater.init, typeof createClient)
  `)
  expect(stdout).toBe('function function\n')
})

function run(program: string) {
  const path = join(app, 'app.js')
  writeFileSync(path, program)
  return promisify(execFile)(process.execPath, [path], { cwd: app, timeout: 30_000 })
}

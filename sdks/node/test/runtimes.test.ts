import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { busy, CaptureServer } from '../../compliance/capture-server.ts'
import { isThere } from '../../compliance/sdks.ts'

// Other runtimes are tested where they are installed: each is larger than all that this project installs.
// `npm install deno bun` in any folder, and its node_modules/.bin in PATH.
const RUNTIMES: Record<string, string[]> = {
  // Often another version than the one that runs the tests.
  node: [],
  deno: ['run', '--quiet', '--allow-net'],
  bun: ['run'],
}

const run = promisify(execFile)
const program = (name: string) => join(import.meta.dirname, 'programs', name)

let server: CaptureServer
beforeEach(async () => {
  server = await CaptureServer.start()
})
afterEach(() => server.close())

for (const [runtime, args] of Object.entries(RUNTIMES)) {
  const capture = (options: object, url = server.url, count = 250) =>
    run(runtime, [...args, program('capture.mjs'), url, String(count), JSON.stringify(options)])

  describe.skipIf(!isThere(runtime))(`in ${runtime}, where it is in PATH`, () => {
    it('sends what waits when there is nothing more to do, and ends', async () => {
      const { stdout, stderr } = await capture({ flushAt: 1_000, flushIntervalMs: 3_600_000 })
      expect([stdout.trim(), stderr]).toEqual(['{"captured":250}', ''])
      expect(server.names).toHaveLength(250)
      expect(server.received[0]?.headers['content-encoding']).toBe('gzip')
    })

    it('tries again, and once each event is stored, ends', async () => {
      server.script = [busy(503), { status: 500, stores: true }]
      const { stdout } = await capture({})
      expect(stdout.trim()).toBe('{"captured":250}')
      expect(server.names).toHaveLength(250)
    })

    it('ends within its time limit when the server is down, and says what was lost', async () => {
      const { url } = server
      await server.close()
      const started = performance.now()
      const { stdout } = await capture({ exitTimeoutMs: 1_000 }, url, 3)
      expect(stdout.trim().split('\n')).toEqual([
        '{"captured":3}',
        '{"code":"not_delivered","count":3}',
      ])
      expect(performance.now() - started).toBeLessThan(10_000)
    })

    it('ends at once when nothing waits', async () => {
      const started = performance.now()
      await run(runtime, [...args, program('idle.mjs'), server.url])
      expect(server.names).toHaveLength(20)
      expect(performance.now() - started).toBeLessThan(10_000)
    })
  })
}

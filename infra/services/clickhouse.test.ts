import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'
import { describeService } from './service.contract.ts'

describeService('ClickHouse', {
  async start(folder) {
    const server = await startClickHouse({ folder })
    await query(
      server,
      'CREATE TABLE written (value String, at Int64) ENGINE MergeTree ORDER BY at',
    )
    return server
  },
  async write(server, value) {
    await query(server, `INSERT INTO written VALUES ('${value}', ${Date.now()})`)
  },
  async read(server) {
    const lines = await query(server, 'SELECT value FROM written ORDER BY at FORMAT TSV')
    return lines.split('\n').filter(Boolean)
  },
})

it('finishes what runs before it stops', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-service-'))
  const server = await startClickHouse({ folder })
  const slow = query(server, 'SELECT sleep(3) FORMAT TSV')
  await vi.waitUntil(async () => (await query(server, RUNNING)) === '1\n', 10_000)
  await server.stop()
  expect(await slow).toBe('0\n')
  rmSync(folder, { recursive: true, force: true })
})

it('runs under Python where there is no C compiler', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-service-'))
  for (const program of ['python3', 'setpriv']) symlinkSync(pathOf(program), join(folder, program))
  vi.stubEnv('PATH', folder)
  const server = await startClickHouse({ folder })
  vi.unstubAllEnvs()
  expect(await (await fetch(`${server.url}/ping`)).text()).toBe('Ok.\n')
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const RUNNING = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sleep%' FORMAT TSV"

async function query({ url }: ClickHouseServer, text: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', body: text })
  const answer = await response.text()
  if (!response.ok) throw new Error(answer)
  return answer
}

// Its own path: what is found first may be a shell script that needs other programs.
function pathOf(program: string): string {
  const found = spawnSync('which', ['-a', program], { encoding: 'utf8' }).stdout.split('\n')
  return found.find((path) => path.startsWith('/usr/bin/')) ?? found[0] ?? ''
}

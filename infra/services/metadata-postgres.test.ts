// What holds for what is saved on PGlite holds on a PostgreSQL server.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AlertBench, day } from '../../core/alerts/alert-bench.ts'
import { describeAlerts } from '../../core/alerts/alerts.contract.ts'
import { describeMail } from '../../core/alerts/mail.contract.ts'
import { describeMessages } from '../../core/alerts/messages.contract.ts'
import { describeProcesses } from '../../core/alerts/processes.contract.ts'
import { openPostgres } from '../../core/auth/postgres.ts'
import { describeSavedStore } from '../../core/query/saved/saved-store.contract.ts'
import type { MetadataDatabase, MetadataTables } from '../../core/query/saved/tables.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'
import { run } from './run.ts'
import { postgresFolder } from './tools.ts'

let folder: string
let server: PostgresServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-metadata-'))
  server = await startPostgres({ folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

let databases = 0

async function openEmpty(): Promise<MetadataDatabase> {
  return openPostgres<MetadataTables>(await makeDatabase())
}

async function makeDatabase(): Promise<string> {
  const name = `metadata_${databases++}`
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return new URL(`/${name}`, server.url).href
}

it('is whole after a backup of PostgreSQL was restored', async () => {
  const [from, to] = [await makeDatabase(), await makeDatabase()]
  const bench = await AlertBench.open(async () => openPostgres<MetadataTables>(from))
  const alert = await bench.alert()
  bench.setDays(15)
  await bench.round(day(0))
  const backup = join(folder, 'backup.sql')
  await run([tool('pg_dump'), '-f', backup, from])
  await bench.close()
  await run([tool('psql'), '-q', '-v', 'ON_ERROR_STOP=1', '-f', backup, to])
  const restored = await AlertBench.open(async () => openPostgres<MetadataTables>(to))
  const { saved, alerts } = restored.metadata
  expect(await saved.find('p', 'alert', alert.id)).toEqual(alert)
  expect(await alerts.watchOf(alert)).toMatchObject({ state: 'firing', interval_end: day(0) })
  expect(await alerts.deliveriesOf(alert, 10)).toMatchObject([{ state: 'sent' }])
  // It goes on where it stood: the crossing that was told is not told again.
  restored.values.set(day(1), 15).set(day(2), 1)
  await restored.round(day(1))
  await restored.round(day(2))
  expect(await alerts.watchOf(alert)).toMatchObject({ state: 'ok' })
  expect((await alerts.deliveriesOf(alert, 10)).map(({ reason }) => reason)).toEqual([
    'resolved',
    'firing',
  ])
  await restored.close()
})

const tool = (name: string) => join(postgresFolder() ?? '', name)

const suites = [
  describeSavedStore,
  describeAlerts,
  describeMessages,
  describeMail,
  describeProcesses,
]
for (const describeSome of suites)
  describe('PostgreSQL', () => describeSome('PostgreSQL', openEmpty))

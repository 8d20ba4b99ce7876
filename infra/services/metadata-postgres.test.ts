// What holds for what is saved on PGlite holds on a PostgreSQL server.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe } from 'vitest'
import { describeAlerts } from '../../core/alerts/alerts.contract.ts'
import { describeMessages } from '../../core/alerts/messages.contract.ts'
import { describeProcesses } from '../../core/alerts/processes.contract.ts'
import { openPostgres } from '../../core/auth/postgres.ts'
import { describeSavedStore } from '../../core/query/saved/saved-store.contract.ts'
import type { MetadataDatabase, MetadataTables } from '../../core/query/saved/tables.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'

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
  const name = `metadata_${databases++}`
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return openPostgres<MetadataTables>(new URL(`/${name}`, server.url).href)
}

const suites = [describeSavedStore, describeAlerts, describeMessages, describeProcesses]
for (const describeSome of suites)
  describe('PostgreSQL', () => describeSome('PostgreSQL', openEmpty))

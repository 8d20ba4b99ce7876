// What holds for auth on PGlite holds on a PostgreSQL server.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { describeAuthApi } from '../../core/auth/app.contract.ts'
import { describeAskers } from '../../core/auth/askers.contract.ts'
import { describeBadInput } from '../../core/auth/bad-input.contract.ts'
import type { Database } from '../../core/auth/database.ts'
import { openPostgres } from '../../core/auth/postgres.ts'
import { describeSignIn } from '../../core/auth/sign-in.contract.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'

let folder: string
let server: PostgresServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-auth-'))
  server = await startPostgres({ folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

let databases = 0

async function openEmpty(): Promise<Database> {
  const name = `auth_${databases++}`
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return openPostgres(new URL(`/${name}`, server.url).href)
}

for (const describeAuth of [describeAuthApi, describeSignIn, describeAskers, describeBadInput]) {
  describeAuth('PostgreSQL', openEmpty)
}

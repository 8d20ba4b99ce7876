import pg from 'pg'
import { type PostgresServer, startPostgres } from './postgres.ts'
import { describeService } from './service.contract.ts'

describeService('PostgreSQL', {
  async start(folder) {
    const server = await startPostgres({ folder })
    await query(server, 'CREATE TABLE written (id serial, value text)')
    return server
  },
  async write(server, value) {
    await query(server, 'INSERT INTO written (value) VALUES ($1)', [value])
  },
  async read(server) {
    const rows = await query(server, 'SELECT value FROM written ORDER BY id')
    return rows.map(({ value }) => value)
  },
})

async function query(
  { url }: PostgresServer,
  text: string,
  values: string[] = [],
): Promise<{ value: string }[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<{ value: string }>(text, values)).rows
  } finally {
    await client.end()
  }
}

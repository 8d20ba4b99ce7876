import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import type { Person } from '@headwater/schemas/insights/persons'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeIdentity } from '../../core/identity/identity.contract.ts'
import { startIdentity } from '../../core/identity/start.ts'
import { testClient } from '../../core/query/test-api.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { type ClickHouseStore, openClickHouseStore } from '../../core/store/clickhouse.ts'
import { sampleRows } from '../../core/store/sample-row.ts'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'

describeIdentity('clickhouse', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-identity-'))
  const server = await startClickHouse({ folder })
  const store = openClickHouseStore({ url: server.url, database: 'identity' })
  await store.migrate()
  return {
    store,
    async remove() {
      await store.close()
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
})

describe('what is derived', () => {
  let folder: string
  let server: ClickHouseServer
  let store: ClickHouseStore
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headwater-derived-'))
    server = await startClickHouse({ folder })
    store = openClickHouseStore({ url: server.url, database: 'derived' })
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  const statement = async (query: string) => {
    const client = createClient({ url: server.url, database: 'derived' })
    await client.command({ query })
    await client.close()
  }
  const startOnce = async () => {
    const identity = startIdentity({ store, clock: Date.now, logger: silentLogger })
    await identity.catchUp()
    await identity.close()
  }
  const persons = async () => {
    const { body } = await testClient({ store, journal: store }).get<{ persons: Person[] }>(
      '/api/persons',
      { project: 'default' },
    )
    return body.persons
  }

  it('is the same when its rows are merged, and when it is emptied and made again', async () => {
    const at = (n: number) => ({ timestamp: Date.UTC(2026, 5, 15) + n * 1_000 })
    const rows = sampleRows([
      ...[1, 2, 3, 4].map((n) => ({
        ...at(n),
        distinct_id: `anon${n % 2}`,
        person_set: { plan: `plan ${n}` },
        person_set_once: { first: n },
        properties: { $add: { visits: n }, ...(n === 2 && { $unset: ['first'] }) } as never,
      })),
      {
        ...at(5),
        event: '$identify',
        distinct_id: 'ann',
        properties: { $anon_distinct_id: 'anon0' },
      },
      { ...at(6), distinct_id: 'bob' },
    ])
    for (const row of rows) await store.insert('events', [row], randomUUID())
    await startOnce()
    const separate = await persons()
    const idOf = (id: string) => separate.find((one) => one.distinct_ids.includes(id))?.id
    const order = { project: 'default', into: idOf('bob'), persons: [idOf('anon1')] }
    await testClient({ store, journal: store }).post('/api/persons/merge', order)
    const expected = await persons()
    expect(expected.map(({ distinct_ids }) => distinct_ids.join('+'))).toEqual([
      'anon1+bob',
      'ann+anon0',
    ])
    expect(expected.map(({ properties }) => properties)).toEqual([
      { plan: 'plan 3', first: 1, visits: 4 },
      { plan: 'plan 4', first: 4, visits: 6 },
    ])
    for (const table of ['person_overrides', 'actor_properties', 'person_links']) {
      await statement(`OPTIMIZE TABLE ${table} FINAL`)
    }
    expect(await persons()).toEqual(expected)
    for (const table of ['person_overrides', 'actor_properties']) {
      await statement(`TRUNCATE TABLE ${table}`)
      expect(await persons()).not.toEqual(expected)
      await startOnce()
      expect(await persons()).toEqual(expected)
    }
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storePlaces } from '../../core/consumer/store-places.ts'
import { startIdentity } from '../../core/identity/start.ts'
import { PERSON } from '../../core/query/actor.ts'
import { propertyText } from '../../core/query/property.ts'
import { Statement } from '../../core/query/statement.ts'
import { type TestClient, testClient } from '../../core/query/test-api.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { type ClickHouseStore, openClickHouseStore } from '../../core/store/clickhouse.ts'
import { sampleRow, sampleRows } from '../../core/store/sample-row.ts'
import type { ClickHouseServer } from './clickhouse.ts'
import { CLUSTER, startCluster } from './clickhouse-cluster.ts'
import { DATA_QUESTIONS, QUESTIONS, SECRET } from './cluster-questions.ts'

let folder: string
let servers: ClickHouseServer[]
let store: ClickHouseStore
let alone: ClickHouseStore
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-cluster-'))
  servers = await startCluster(folder)
  const [first] = servers
  const url = first?.url ?? ''
  store = openClickHouseStore({ url, database: CLUSTER.database, cluster: CLUSTER.name })
  alone = openClickHouseStore({ url, database: 'alone' })
  await alone.migrate()
})
afterAll(async () => {
  await Promise.all([store.close(), alone.close()])
  await Promise.all(servers.map((server) => server.stop()))
  rmSync(folder, { recursive: true })
})

const SHARD = sampleRow().shard
const DAY = Date.UTC(2026, 5, 15)
const rowsOf = (project_id: string, persons: number, each: number) =>
  sampleRows(
    Array.from({ length: persons * each }, (_, i) => ({
      project_id,
      distinct_id: `person ${i % persons}`,
      event: ['view', 'cart', 'buy'][Math.floor(i / persons) % 3] ?? '',
      timestamp: DAY + i * 1_000,
      properties: { plan: ['free', 'pro', 'team'][i % 3] ?? '' },
    })),
  )

describe('a cluster of two shards', () => {
  it('keeps all rows of a person on one shard, and uses both', async () => {
    await store.insert('events', rowsOf('spread', 100, 3), 'spread')
    const rows = await store.query<{ shards: string; rows: string; persons: string }>({
      text: `SELECT shards, sum(rows) AS rows, count() AS persons FROM (
          SELECT person_id, uniqExact(_shard_num) AS shards, count() AS rows
          FROM events WHERE project_id = 'spread' GROUP BY person_id) GROUP BY shards`,
    })
    expect(rows).toEqual([{ shards: '1', rows: '300', persons: '100' }])
    const [used] = await store.query<{ n: string }>({
      text: `SELECT uniqExact(_shard_num) AS n FROM events WHERE project_id = 'spread'`,
    })
    expect(used?.n).toBe('2')
  })

  it('takes the same rows under the same token once, on every shard', async () => {
    const rows = rowsOf('once', 20, 3)
    for (let i = 0; i < 3; i++) await store.insert('events', rows, 'the same')
    const letter = JSON.stringify({ project_id: 'once', record_key: 'k', record: '', error: '' })
    for (let i = 0; i < 3; i++) await store.insert('dead_letters', [letter], 'the same')
    const [count] = await store.query({
      text: `SELECT (SELECT count() FROM events WHERE project_id = 'once') AS events,
        (SELECT count() FROM dead_letters WHERE project_id = 'once') AS dead`,
    })
    expect(count).toEqual({ events: '60', dead: '1' })
  })

  it('stores nothing on any shard of an insert whose last row is refused', async () => {
    const rows = [...rowsOf('refused', 50, 1), '{"uuid":"not a uuid"}']
    const refused = store.insert('events', rows, 'refused')
    await expect(refused).rejects.toMatchObject({ kind: 'refused' })
    const text = "SELECT count() AS n FROM events WHERE project_id = 'refused'"
    expect(await store.query({ text })).toEqual([{ n: '0' }])
  })

  it('has another data version after an insert on either shard, and only then', async () => {
    const seen = new Set([await store.dataVersion()])
    for (let i = 0; i < 10; i++) {
      await store.insert('events', rowsOf(`version ${i}`, 1, 1), `version ${i}`)
      const version = await store.dataVersion()
      expect(await store.dataVersion()).toBe(version)
      seen.add(version)
    }
    expect(seen.size).toBe(11)
  })

  it('answers questions as one server does', async () => {
    const rows = rowsOf('asked', 100, 6)
    await store.insert('events', rows, 'asked')
    await alone.insert('events', rows, 'asked')
    const [spread, single] = [testClient({ store }), testClient({ store: alone })]
    for (const ask of QUESTIONS) {
      const [got, expected] = [await ask(spread), await ask(single)]
      expect(expected.status).toBe(200)
      expect(withoutTimes(got.body)).toEqual(withoutTimes(expected.body))
    }
  })

  it('answers what is asked of events themselves as one server does, of the project only', async () => {
    const own = sampleRows(
      Array.from({ length: 400 }, (_, i) => ({
        project_id: 'data',
        distinct_id: `person ${i % 40}`,
        // Of two persons each, and so on both shards.
        session_id: `session ${i % 20}`,
        event: i % 3 === 0 ? 'buy' : '$pageview',
        timestamp: DAY + i * 1_000,
        pathname: `/${i % 7}`,
        properties: { plan: ['free', 'pro', 'team'][i % 3] ?? '', n: i },
      })),
    )
    const secret = { project_id: 'theirs', event: SECRET, pathname: SECRET }
    const theirs = sampleRows(
      Array.from({ length: 40 }, (_, i) => ({
        ...secret,
        distinct_id: `${SECRET} ${i}`,
        timestamp: DAY + i,
        properties: { plan: SECRET },
      })),
    )
    for (const one of [store, alone]) await one.insert('events', [...own, ...theirs], 'data')
    const [spread, single] = [store, alone].map((one) => testClient({ store: one, raw: one }))
    if (!spread || !single) throw new Error('no clients')
    for (const ask of DATA_QUESTIONS) {
      const [got, expected] = [await ask(spread), await ask(single)]
      expect(expected.status, JSON.stringify(expected.body)).toBe(200)
      expect(got.status, JSON.stringify(got.body)).toBe(200)
      expect(withoutTimes(got.body)).toEqual(withoutTimes(expected.body))
      expect(JSON.stringify(got.body)).not.toContain(SECRET)
    }
    const exported = async (client: TestClient) => {
      const params = 'project=data&format=ndjson&date_from=all&columns=uuid,person_id,properties'
      const text = await (await client.fetch(`/api/export?${params}`)).text()
      return text.split('\n').sort()
    }
    expect(await exported(spread)).toEqual(await exported(single))
    const confined = await store.confined(
      {
        text: `SELECT event FROM events UNION ALL SELECT event FROM ${CLUSTER.database}.events_local`,
      },
      { project: 'data', maxRows: 2_000, maxBytes: 1e6, maxMemoryBytes: 1e9 },
    )
    expect(new Set(confined.rows.flat())).toEqual(new Set(['buy', '$pageview']))
  })

  it('knows persons whose events are on several shards', async () => {
    const project = 'persons'
    const views = rowsOf(project, 3_000, 1)
    const links = sampleRows(
      Array.from({ length: 2_000 }, (_, i) => ({
        project_id: project,
        distinct_id: `person ${i - (i % 10)}`,
        event: '$identify',
        timestamp: DAY + i,
        properties: { $anon_distinct_id: `person ${i}` },
        person_set: { plan: i % 20 < 10 ? 'pro' : 'free' },
      })),
    )
    for (const one of [store, alone]) {
      await one.insert('events', [...views, ...links], project)
      const identity = startIdentity({ store: one, clock: Date.now, logger: silentLogger })
      await identity.catchUp()
      await identity.close()
    }
    const text = `SELECT max(shards) AS shards FROM (SELECT uniqExact(_shard_num) AS shards
      FROM events WHERE project_id = {project:String} GROUP BY ${PERSON})`
    expect(await store.query({ text, params: { project } })).toEqual([{ shards: '2' }])
    const ask = (client: TestClient) =>
      client.post('/api/query', {
        ...{ kind: 'stickiness', project, date_from: '2026-06-15', date_to: '2026-06-15' },
        series: [{ event: '*' }, { event: 'view' }],
      })
    const [spread, single] = [testClient({ store }), testClient({ store: alone })]
    const [got, expected] = [await ask(spread), await ask(single)]
    expect(got.status, JSON.stringify(got.body)).toBe(200)
    expect(withoutTimes(got.body)).toEqual(withoutTimes(expected.body))
    expect(got.body).toMatchObject({ series: [{ counts: [1_200] }, { event: 'view' }] })
    const known = { type: 'person', property: 'plan' }
    for (const filter of [
      { ...known, value: 'pro' },
      { ...known, operator: 'is_not', value: 'pro' },
    ]) {
      const filtered = (client: TestClient) =>
        client.post('/api/query', {
          ...{ kind: 'stickiness', project, date_from: '2026-06-15', date_to: '2026-06-15' },
          ...{ series: [{ event: 'view' }], filters: [filter] },
        })
      const [here, there] = [await filtered(spread), await filtered(single)]
      expect(here.status, JSON.stringify(here.body)).toBe(200)
      expect(withoutTimes(here.body)).toEqual(withoutTimes(there.body))
    }
    const statement = new Statement(project)
    const plan = propertyText({ type: 'person', property: 'plan' }, statement)
    const split = statement.query(`SELECT ${plan} AS plan, uniqExact(${PERSON}) AS persons
      FROM events WHERE project_id = {project:String} GROUP BY plan ORDER BY plan`)
    const plans = await alone.query(split)
    expect(plans).toHaveLength(3)
    expect(await store.query(split)).toEqual(plans)
    const listed = (client: TestClient) =>
      client.get<{ persons: object[] }>('/api/persons', {
        project,
        search: 'person 7',
        limit: '9',
      })
    const lists = [await listed(spread), await listed(single)]
    expect(lists[0]?.body.persons).toHaveLength(9)
    expect(lists[0]?.body.persons).toEqual(lists[1]?.body.persons)
  })

  it('tells the consumer its place', async () => {
    const rows = sampleRows(
      Array.from({ length: 30 }, (_, i) => ({
        log_id: 'placed',
        distinct_id: `person ${i}`,
        log_offset: i,
        seq: 7,
        idx: i,
      })),
    )
    await store.insert('events', rows, 'placed')
    const places = storePlaces(store)
    const id = { logId: 'placed', partition: 0 }
    expect(await places.nextOffset(id)).toBe(30)
    const offsets = (await places.storedFrom(id, 10)).map(([offset]) => offset)
    expect(offsets.sort()).toEqual(rows.map((_, i) => i).slice(10))
    expect(await places.lastMarks(id, 30, 0)).toEqual([[SHARD, { seq: 7, idx: 29 }]])
    expect(await places.recentUuids(id, 30, 0, 20)).toHaveLength(20)
  })

  it('is unavailable while a shard is away, and has everything once when it is back', async () => {
    const rows = rowsOf('outage', 40, 1)
    await servers[1]?.kill()
    const during = store.insert('events', rows, 'outage')
    await expect(during).rejects.toMatchObject({ kind: 'unavailable' })
    const text = "SELECT count() AS n FROM events WHERE project_id = 'outage'"
    await expect(store.query({ text })).rejects.toMatchObject({ kind: 'unavailable' })
    await servers[1]?.start()
    await store.insert('events', rows, 'outage')
    expect(await store.query({ text })).toEqual([{ n: '40' }])
  })
})

function withoutTimes(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (key, value) => (key === 'duration_ms' ? 0 : value)))
}

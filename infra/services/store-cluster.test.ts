import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storePlaces } from '../../core/consumer/store-places.ts'
import { startIdentity } from '../../core/identity/start.ts'
import { PERSON } from '../../core/query/actor.ts'
import { propertyText } from '../../core/query/property.ts'
import { Statement } from '../../core/query/statement.ts'
import { type TestClient, testClient } from '../../core/query/test-api.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { type ClickHouseStore, openClickHouseStore } from '../../core/store/clickhouse.ts'
import { clusterStatements } from '../../core/store/ddl.ts'
import { MIGRATIONS_FOLDER, readMigrations } from '../../core/store/migrate.ts'
import { sampleRow, sampleRows } from '../../core/store/sample-row.ts'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'
import { freePorts } from './ports.ts'

// Two shards of one replica each. libchdb has neither a keeper nor the port from which replicas fetch,
// so that its tables are not replicated here, and each statement is sent to both servers by us.
const CLUSTER = { name: 'pair', database: 'clustered' }

let folder: string
let servers: ClickHouseServer[]
let store: ClickHouseStore
let alone: ClickHouseStore
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-cluster-'))
  servers = await startPair()
  for (const { url } of servers) await createTables(url)
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

const RANGE = { project: 'asked', date_from: '2026-06-15', date_to: '2026-06-15' }
const UNBROKEN = { ...RANGE, steps: [{ event: 'view' }, { event: 'buy' }] }
const FUNNEL = { ...UNBROKEN, breakdowns: [{ property: 'plan' }], order: 'strict' }
const COMING_BACK = { start: { event: 'view' }, return: { event: '*' }, interval: 'hour' }
const BY_PLAN = { mode: 'first_time', breakdowns: [{ property: 'plan' }], breakdown_limit: 1 }
const did = (event: string, more: object = {}) => ({
  conditions: [{ type: 'did', event, ...more }],
})
const BY_COHORTS = {
  breakdowns: [
    {
      cohorts: [
        { name: 'bought', cohort: did('buy') },
        { name: 'seldom', cohort: did('view', { times: { operator: 'lte', value: 2 } }) },
        { name: 'never', cohort: did('refund') },
      ],
    },
  ],
}
const SERIES = [
  { event: '*', measure: 'unique_persons' },
  { event: 'view', measure: 'first_time' },
]
const QUESTIONS: ((client: TestClient) => Promise<{ status: number; body: unknown }>)[] = [
  (client) => client.get('/api/trends', { ...RANGE, event: 'view' }),
  (client) => client.get('/api/trends', { ...RANGE, event: '*', measure: 'unique_persons' }),
  (client) =>
    client.get('/api/trends', { ...RANGE, event: '*', breakdown: 'plan', breakdown_limit: '1' }),
  (client) =>
    client.post('/api/funnels', {
      ...RANGE,
      steps: [{ event: 'view' }, { event: 'cart' }, { event: 'buy' }],
      breakdown: 'plan',
    }),
  ...['funnel', 'funnel_time', 'funnel_trend'].map(
    (kind) => (client: TestClient) => client.post('/api/query', { ...FUNNEL, kind }),
  ),
  (client) => client.post('/api/query', { ...UNBROKEN, kind: 'funnel_correlation', min_actors: 1 }),
  (client) =>
    client.post('/api/actors', {
      query: { ...UNBROKEN, kind: 'funnel_correlation' },
      select: { outcome: 'converted', event: 'cart' },
    }),
  ...[
    { kind: 'retention', ...COMING_BACK },
    { kind: 'retention', ...COMING_BACK, ...BY_PLAN },
    { kind: 'retention', ...COMING_BACK, ...BY_PLAN, windows: 'from_start' },
    { kind: 'retention', ...COMING_BACK, ...BY_COHORTS },
    { kind: 'trends', series: SERIES, interval: 'hour', ...BY_COHORTS },
    { ...UNBROKEN, kind: 'funnel', ...BY_COHORTS },
    { kind: 'lifecycle', activity: { event: '*' }, interval: 'hour' },
    { kind: 'stickiness', series: [{ event: 'view' }, { event: '*' }], interval: 'hour' },
    { kind: 'paths', items: [{ event: '*' }] },
  ].map((question) => (client: TestClient) => client.post('/api/query', { ...RANGE, ...question })),
  (client) =>
    client.post('/api/actors', {
      query: { ...RANGE, kind: 'retention', ...COMING_BACK, ...BY_PLAN },
      select: { row: 12, breakdown: { kind: 'other' } },
    }),
  (client) => client.get('/api/events/names', { project: 'asked' }),
  (client) => client.get('/api/properties', { project: 'asked' }),
]

const SECRET = 'belongs_to_another_project'
const DATA_RANGE = { project: 'data', date_from: '2026-06-15', date_to: '2026-06-15' }
const sql = (text: string) => (client: TestClient) =>
  client.post('/api/sql', { project: 'data', sql: text })
const ofSession = (property: string, more: object = {}) => ({ type: 'session', property, ...more })
const DATA_QUESTIONS: typeof QUESTIONS = [
  ...[
    { breakdowns: [ofSession('$entry_pathname'), ofSession('$pageview_count')] },
    { breakdowns: [ofSession('$session_duration', { bins: 5 })] },
    {
      filters: [
        ofSession('$exit_pathname', { operator: 'is_not', value: '/1' }),
        ofSession('$session_duration', { operator: 'gt', value: 3 }),
        {
          cohort: {
            conditions: [
              { type: 'did', event: 'buy', filters: [ofSession('$is_bounce', { value: false })] },
            ],
          },
        },
      ],
    },
  ].map(
    (more): (typeof QUESTIONS)[number] =>
      (client) =>
        client.post('/api/query', {
          kind: 'trends',
          series: [{ event: 'buy', measure: 'unique_persons' }, { event: '*' }],
          ...DATA_RANGE,
          ...more,
        }),
  ),
  (client) => client.post('/api/query', { kind: 'web_overview', ...DATA_RANGE, list_limit: 50 }),
  (client) =>
    client.post('/api/actors', {
      query: { kind: 'web_overview', ...DATA_RANGE },
      select: { row: { list: 'entry_page', value: '/1' } },
    }),
  (client) => client.post('/api/events', { ...DATA_RANGE, properties: ['plan'], search: 'pro' }),
  (client) => client.get('/api/definitions/events', { project: 'data' }),
  (client) => client.get('/api/definitions/events', { project: 'data', include_hidden: 'true' }),
  sql(
    'SELECT event, count(), uniqExact(person_id), uniqExact(session_id) FROM events GROUP BY event ORDER BY event',
  ),
  sql(`SELECT properties.plan, count() FROM events WHERE distinct_id IN (
    SELECT distinct_id FROM events WHERE event = 'buy') GROUP BY 1 ORDER BY 2, 1`),
  sql(`WITH buyers AS (SELECT distinct_id, count() AS buys FROM events WHERE event = 'buy' GROUP BY distinct_id)
    SELECT e.distinct_id, count(), any(buyers.buys) FROM events AS e JOIN buyers
    ON e.distinct_id = buyers.distinct_id GROUP BY e.distinct_id ORDER BY 1`),
  sql('SELECT count() FROM events AS a JOIN events AS b ON a.uuid = b.uuid'),
  sql(
    'SELECT uuid, row_number() OVER (ORDER BY timestamp) AS place FROM events ORDER BY place LIMIT 5',
  ),
]

function withoutTimes(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (key, value) => (key === 'duration_ms' ? 0 : value)))
}

async function startPair(): Promise<ClickHouseServer[]> {
  const [http1 = 0, tcp1 = 0, http2 = 0, tcp2 = 0] = await freePorts(4)
  const shards = [tcp1, tcp2].map(
    (port) => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`,
  )
  const config = `<clickhouse><remote_servers><${CLUSTER.name}>${shards.join('')}
    </${CLUSTER.name}></remote_servers></clickhouse>`
  const start = (name: string, httpPort: number, tcpPort: number) => {
    const own = join(folder, name)
    mkdirSync(own)
    // It takes the file of this name in the folder in which it runs.
    writeFileSync(join(own, 'config.xml'), config)
    return startClickHouse({ folder: own, httpPort, tcpPort })
  }
  return Promise.all([start('one', http1, tcp1), start('two', http2, tcp2)])
}

async function createTables(url: string): Promise<void> {
  const server = createClient({ url })
  await server.command({ query: `CREATE DATABASE ${CLUSTER.database}` })
  await server.close()
  const client = createClient({ url, database: CLUSTER.database })
  for (const { statement } of await readMigrations(MIGRATIONS_FOLDER)) {
    for (const sql of clusterStatements(statement, CLUSTER)) {
      await client.command({ query: withoutKeeper(sql) })
    }
  }
  await client.close()
}

const withoutKeeper = (statement: string): string =>
  statement
    .replace(/ ON CLUSTER '\w+'/, '')
    .replace(/Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, (\w+))?\)/, '$1($2)')
    .replace('MergeTree()', 'MergeTree')
    .replace(/(?<!\w)replicated_deduplication_window = (\d+)/, 'non_$&')
    .replace(/,\s*replicated_deduplication_window_seconds = \d+/, '')

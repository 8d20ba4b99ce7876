import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type ClickHouseOptions,
  type ClickHouseStore,
  openClickHouseStore,
} from '../../core/store/clickhouse.ts'
import { describeRawStore } from '../../core/store/raw-store.contract.ts'
import { sampleRows } from '../../core/store/sample-row.ts'
import { describeStore } from '../../core/store/store.contract.ts'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'

let folder: string
let server: ClickHouseServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-clickhouse-'))
  server = await startClickHouse({ folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

describeStore('clickhouse', async () => {
  const store = openClickHouseStore({ url: server.url, database: 'contract' })
  return { store, remove: () => store.close() }
})

describeRawStore('clickhouse', async () => {
  const store = openClickHouseStore({ url: server.url, database: 'raw' })
  return { store, remove: () => store.close() }
})

describe('store on a ClickHouse server', () => {
  const opened: ClickHouseStore[] = []
  let store: ClickHouseStore
  let databases = 0
  const open = (options: Partial<ClickHouseOptions> = {}) => {
    const database = `faults_${databases}`
    const another = openClickHouseStore({ url: server.url, database, ...options })
    opened.push(another)
    return another
  }
  const count = async () => {
    const [row] = await store.query<{ n: string }>({ text: 'SELECT count() AS n FROM events' })
    return Number(row?.n)
  }

  beforeEach(async () => {
    databases++
    store = open()
    await store.migrate()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()))
  })

  it('is unavailable while the server is away, and there when it is back', async () => {
    await store.insert('events', sampleRows([{}]), 'before')
    await server.kill()
    await expect(store.ping()).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(store.insert('events', sampleRows([{}]), 'during')).rejects.toMatchObject({
      kind: 'unavailable',
    })
    await expect(count()).rejects.toMatchObject({ kind: 'unavailable' })
    await server.start()
    await store.ping()
    expect(await count()).toBe(1)
  })

  it('does not notice that the server restarted while it asked nothing', async () => {
    await Promise.all(Array.from({ length: 10 }, count))
    await server.kill()
    await server.start()
    expect(await Promise.all(Array.from({ length: 10 }, count))).toEqual(Array(10).fill(0))
  })

  it('gives up an insert that is not answered, and stores it once when it comes again', async () => {
    const hurried = open({ insertTimeoutMs: 500 })
    const rows = sampleRows([{}, {}])
    server.signal('SIGSTOP')
    try {
      const frozen = hurried.insert('events', rows, 'again')
      await expect(frozen).rejects.toMatchObject({ kind: 'unavailable' })
    } finally {
      server.signal('SIGCONT')
    }
    await hurried.insert('events', rows, 'again')
    expect(await count()).toBe(2)
  })

  it('hears why a long insert was refused at its first row', async () => {
    const text = 'x'.repeat(1_000)
    const rows = sampleRows(Array(20_000).fill({ properties: { text } }))
    const refused = store.insert('events', ['{"uuid":"not a uuid"}', ...rows], 'refused')
    await expect(refused).rejects.toMatchObject({ kind: 'refused' })
  })

  it('lets inserts wait for each other for longer than one may take', async () => {
    const narrow = open({ maxInserts: 1, insertTimeoutMs: 3_000 })
    const inserts = Array.from({ length: 20 }, (_, i) =>
      narrow.insert('events', sampleRows(Array(8_000).fill({})), `waiting ${i}`),
    )
    await Promise.all(inserts)
    expect(await count()).toBe(160_000)
  })

  it('calls a server that does not answer unavailable, not the query too heavy', async () => {
    server.signal('SIGSTOP')
    try {
      const frozen = store.query({ text: 'SELECT 1' }, { timeoutMs: 100 })
      await expect(frozen).rejects.toMatchObject({ kind: 'unavailable' })
    } finally {
      server.signal('SIGCONT')
    }
  })

  it('stores nothing of an insert whose sender stops half-way, and is rid of it in time', async () => {
    const url = new URL(server.url)
    const [row = ''] = sampleRows([{}])
    const query = new URLSearchParams({
      database: `faults_${databases}`,
      query: 'INSERT INTO events FORMAT JSONEachRow',
    })
    const socket = connect(Number(url.port), url.hostname)
    socket.write(
      `POST /?${query} HTTP/1.1\r\nHost: ${url.host}\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${(row.length + 1).toString(16)}\r\n${row}\n\r\n`,
    )
    const started = Date.now()
    await new Promise((resolve) => socket.once('close', resolve).resume())
    expect(Date.now() - started).toBeLessThan(40_000)
    expect(await count()).toBe(0)
  })

  it('ends the query of a client that went away on the server too', async () => {
    const controller = new AbortController()
    const mine = 'SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 42'
    const running = async () => {
      const text = 'SELECT 1 FROM system.processes WHERE startsWith(query, {mine:String})'
      return (await store.query({ text, params: { mine } })).length
    }
    const slow = store.query({ text: mine }, { signal: controller.signal })
    await expect.poll(running).toBe(1)
    controller.abort(new Error('gone'))
    await expect(slow).rejects.toThrow('gone')
    await expect.poll(running, { timeout: 3_000 }).toBe(0)
  })

  it('gives no half of an answer that fails at its end', async () => {
    const late = store.query({
      text: 'SELECT number, throwIf(number = 2999999) FROM numbers(3000000) SETTINGS max_threads = 1',
    })
    await expect(late).rejects.toMatchObject({ name: 'StoreError' })
  })

  it('binds more values than a URL takes, up to what the server takes', async () => {
    const listOf = (length: number) => Array.from({ length }, (_, i) => `\\'\t\n\0\r${i}"--😀`)
    const ask = (list: string[]) =>
      store.query({ text: 'SELECT {list:Array(String)} AS list', params: { list } })
    expect(await ask(listOf(3_000))).toEqual([{ list: listOf(3_000) }])
    await expect(ask(listOf(20_000))).rejects.toMatchObject({ kind: 'too_heavy' })
  })

  it('lets queries wait for each other when there are too many', async () => {
    const narrow = open({ maxQueries: 2 })
    const asked = Array.from({ length: 20 }, (_, n) => n)
    const answers = await Promise.all(
      asked.map((n) => narrow.query({ text: 'SELECT {n:UInt8} AS n, sleep(0.05)', params: { n } })),
    )
    expect(answers.map(([row]) => row)).toEqual(asked.map((n) => expect.objectContaining({ n })))
  })

  it('changes nothing by a query', async () => {
    const drop = store.query({ text: 'DROP TABLE events' })
    await expect(drop).rejects.toMatchObject({ kind: 'refused' })
    expect(await count()).toBe(0)
  })

  it('keeps rows waiting for tables that are not made yet', async () => {
    const early = open({ database: 'not_yet' })
    const insert = early.insert('events', sampleRows([{}]), 'early')
    await expect(insert).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('says when it does not know the user', async () => {
    const stranger = open({ user: 'nobody', password: 'x' })
    await expect(stranger.ping()).rejects.toMatchObject({ kind: 'unavailable' })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawStore, StreamFormat, StreamOptions } from './raw-store.ts'
import { sampleRows } from './sample-row.ts'
import type { EventStore, Query, QueryStore } from './store.ts'

export interface OpenRawStore {
  store: EventStore & QueryStore & RawStore
  /** Closes the store and removes its data. */
  remove(): Promise<void>
}

/** What every store must keep of long answers. `open` gives an empty store that was not migrated. */
export function describeRawStore(name: string, open: () => Promise<OpenRawStore>): void {
  describe(`raw store: ${name}`, () => {
    let opened: OpenRawStore
    beforeAll(async () => {
      opened = await open()
      await opened.store.migrate()
      const rows = sampleRows([
        { project_id: 'p', event: 'a "quoted", one', distinct_id: 'ann\nlee' },
        { project_id: 'p', event: 'b', distinct_id: 'bob', properties: { n: 1, é: ['😀'] } },
        { project_id: 'q', event: 'c' },
      ])
      await opened.store.insert('events', rows, 'raw')
    })
    afterAll(() => opened.remove())

    const stream = (query: Query, options: Partial<StreamOptions> = {}) =>
      opened.store.stream(query, { format: 'JSONEachRow', ...options })
    const read = async (query: Query, format: StreamFormat = 'JSONEachRow') => {
      const chunks: Uint8Array[] = []
      for await (const chunk of stream(query, { format })) chunks.push(chunk)
      return Buffer.concat(chunks)
    }
    /** How many of those queries run, as the store says. */
    const running = async (mark: string) => {
      const text = `SELECT count() AS n FROM system.processes
        WHERE position(query, {mark:String}) > 0 AND position(query, 'system.processes') = 0`
      const [row] = await opened.store.query<{ n: string }>({ text, params: { mark } })
      return Number(row?.n)
    }
    /** A kilobyte for each row. */
    const long = (mark: string, rows = 300_000) => ({
      text: `SELECT number, repeat('x', 1000) AS ${mark} FROM numbers(${rows})`,
    })

    const OF_P: Query = {
      text: 'SELECT event, distinct_id FROM events WHERE project_id = {p:String} ORDER BY event',
      params: { p: 'p' },
    }

    it('gives rows as lines of JSON', async () => {
      const lines = (await read(OF_P)).toString().trimEnd().split('\n')
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        { event: 'a "quoted", one', distinct_id: 'ann\nlee' },
        { event: 'b', distinct_id: 'bob' },
      ])
    })

    it('gives rows as CSV with a header, by RFC 4180', async () => {
      expect((await read(OF_P, 'CSVWithNames')).toString()).toBe(
        '"event","distinct_id"\r\n"a ""quoted"", one","ann\nlee"\r\n"b","bob"\r\n',
      )
    })

    it('gives rows as one Parquet file', async () => {
      const file = await read(OF_P, 'Parquet')
      expect(file.subarray(0, 4).toString()).toBe('PAR1')
      expect(file.subarray(-4).toString()).toBe('PAR1')
    })

    it('gives a header also when there is no row', async () => {
      const none = { ...OF_P, params: { p: 'nobody' } }
      expect((await read(none, 'CSVWithNames')).toString()).toBe('"event","distinct_id"\r\n')
      expect((await read(none)).length).toBe(0)
    })

    it('writes times as RFC 3339, and JSON as JSON', async () => {
      const text = "SELECT timestamp, properties FROM events WHERE event = 'b'"
      expect((await read({ text })).toString()).toBe(
        '{"timestamp":"2026-06-15T12:00:00.000Z","properties":{"n":"1","é":["😀"]}}\n',
      )
    })

    it('binds values, whatever they hold', async () => {
      const values = [
        "'; DROP TABLE events; --",
        '\\',
        '\t\n\0',
        '{x:String}',
        '`',
        '😀',
        '%s',
        '',
        'a,b',
      ]
      const row = await read({
        text: `SELECT {list:Array(String)} AS list, {one:String} AS one, {number:Float64} AS number,
          {n:Int64} AS n, {big:Array(UInt64)} AS big, {uuid:Array(UUID)} AS uuid,
          properties.{key:Identifier} AS e FROM events WHERE event = 'b'`,
        params: {
          list: values,
          one: values.join(''),
          number: '-0.5',
          n: -5,
          big: '[18446744073709551615,0]',
          uuid: ['00000000-0000-0000-0000-000000000001'],
          key: 'é',
        },
      })
      expect(JSON.parse(row.toString())).toEqual({
        list: values,
        one: values.join(''),
        number: -0.5,
        n: '-5',
        big: ['18446744073709551615', '0'],
        uuid: ['00000000-0000-0000-0000-000000000001'],
        e: ['😀'],
      })
    })

    it('holds little of a long answer', async () => {
      const before = process.memoryUsage().rss
      let [bytes, peak] = [0, 0]
      for await (const chunk of stream(long('held', 500_000))) {
        bytes += chunk.length
        peak = Math.max(peak, process.memoryUsage().rss - before)
      }
      expect(bytes).toBeGreaterThan(5e8)
      // The half is far more than the chunks that the engine works on.
      expect(peak).toBeLessThan(250 * 1024 ** 2)
    })

    it('waits for who reads', async () => {
      const chunks = stream(long('awaited'))[Symbol.asyncIterator]()
      await chunks.next()
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      const before = process.memoryUsage().rss
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 ** 2)
      await chunks.return?.()
    })

    it('ends the query of who reads no more', async () => {
      for await (const _ of stream(long('left', 1e9))) break
      await expect.poll(() => running('left'), { timeout: 5_000 }).toBe(0)
      expect((await read({ text: 'SELECT 1 AS one' })).toString()).toBe('{"one":1}\n')
    })

    it('ends the query when it is aborted, with that reason', async () => {
      const controller = new AbortController()
      const reading = (async () => {
        for await (const _ of stream(long('aborted', 1e9), { signal: controller.signal })) {
          controller.abort(new Error('client gone'))
        }
      })()
      await expect(reading).rejects.toThrow('client gone')
      await expect.poll(() => running('aborted'), { timeout: 5_000 }).toBe(0)
      const late = stream({ text: 'SELECT 1' }, { signal: AbortSignal.abort('gone') })
      await expect(late[Symbol.asyncIterator]().next()).rejects.toBe('gone')
    })

    it('fails at the end of an answer that is not whole', async () => {
      const text =
        'SELECT number, throwIf(number = 2999999) FROM numbers(3000000) SETTINGS max_threads = 1'
      await expect(read({ text })).rejects.toMatchObject({ name: 'StoreError' })
      await expect(read({ text }, 'CSVWithNames')).rejects.toMatchObject({ name: 'StoreError' })
    })

    it('says what is wrong with a query before it gives anything', async () => {
      const broken = read({ text: 'SELECT nonsense' })
      await expect(broken).rejects.toMatchObject({ name: 'StoreError', kind: 'refused' })
    })

    it('gives up after its time as too heavy', async () => {
      const reading = (async () => {
        const slow = 'SELECT number FROM numbers(1000000000000) WHERE cityHash64(number) = 1'
        for await (const _ of stream({ text: slow }, { timeoutMs: 500 }));
      })()
      await expect(reading).rejects.toMatchObject({ kind: 'too_heavy' })
    })

    it('gives several long answers at a time, beside questions', async () => {
      const sizes = Array.from({ length: 3 }, async (_, n) => {
        return (await read(long(`side${n}`, 20_000))).length
      })
      const [one] = await opened.store.query<{ one: number }>({
        text: 'SELECT {one:UInt32} AS one',
        params: { one: 1 },
      })
      expect(one).toEqual({ one: 1 })
      expect(new Set(await Promise.all(sizes)).size).toBe(1)
    })
  })
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PROGRESS_MS } from './clickhouse-shared.ts'
import { HOSTILE_PROPERTIES } from './hostile-properties.ts'
import { MIGRATIONS_FOLDER, readMigrations } from './migrate.ts'
import { sampleRow, sampleRows } from './sample-row.ts'
import type { EventStore, Progress, QueryStore, StoreError } from './store.ts'

export interface OpenStore {
  store: EventStore & QueryStore
  /** Closes the store and removes its data. */
  remove(): Promise<void>
}

/** What every store must keep. `open` gives an empty store that was not migrated. */
export function describeStore(name: string, open: () => Promise<OpenStore>): void {
  describe(`store: ${name}`, () => {
    let opened: OpenStore
    let project = ''
    let tests = 0
    beforeAll(async () => {
      opened = await open()
      await opened.store.migrate()
    })
    beforeEach(() => {
      project = `p-${tests++}`
    })
    afterAll(() => opened.remove())

    const insert = (rows: readonly string[], token: string) =>
      opened.store.insert('events', rows, `${project} ${token}`)
    const people = async (): Promise<string[]> => {
      const rows = await opened.store.query<{ distinct_id: string }>({
        text: 'SELECT distinct_id FROM events WHERE project_id = {project:String} ORDER BY distinct_id',
        params: { project },
      })
      return rows.map(({ distinct_id }) => distinct_id)
    }
    const rowsOf = (...ids: string[]) =>
      sampleRows(ids.map((distinct_id) => ({ project_id: project, distinct_id })))

    it('finds what was inserted', async () => {
      await insert(rowsOf('ann', 'bob'), 'found')
      expect(await people()).toEqual(['ann', 'bob'])
    })

    it('migrates twice, and twice at once', async () => {
      await Promise.all([opened.store.migrate(), opened.store.migrate()])
      const rows = await opened.store.query<{ number: number }>({
        text: 'SELECT DISTINCT number FROM migrations ORDER BY number',
      })
      const migrations = await readMigrations(MIGRATIONS_FOLDER)
      expect(rows.map(({ number }) => number)).toEqual(migrations.map(({ number }) => number))
    })

    it('applies what is missing only', async () => {
      expect(await opened.store.migrate()).toEqual([])
    })

    it('has another data version after every insert, and only then', async () => {
      const versions = [await opened.store.dataVersion(), await opened.store.dataVersion()]
      await insert(rowsOf('ann'), 'first')
      versions.push(await opened.store.dataVersion())
      // As many rows as there were, in another month.
      await insert(sampleRows([{ project_id: project, timestamp: 1e12 }]), 'second')
      versions.push(await opened.store.dataVersion(), await opened.store.dataVersion())
      const [before, , afterFirst, afterSecond] = versions
      expect(versions).toEqual([before, before, afterFirst, afterSecond, afterSecond])
      expect(new Set(versions).size).toBe(3)
    })

    it('takes the same rows under the same token once', async () => {
      const rows = rowsOf('ann', 'bob')
      await insert(rows, 'once')
      await insert(rows, 'once')
      expect(await people()).toEqual(['ann', 'bob'])
    })

    it('takes equal rows twice under two tokens', async () => {
      // Different moments, or the table would merge them.
      await insert(sampleRows([{ project_id: project, timestamp: 1e12 }]), 'first')
      await insert(sampleRows([{ project_id: project, timestamp: 2e12 }]), 'second')
      expect(await people()).toEqual(['ann', 'ann'])
    })

    it('stores nothing of an insert whose last row is refused', async () => {
      const rows = rowsOf(...Array.from({ length: 20_000 }, (_, i) => `person-${i}`))
      const refused = insert([...rows, '{"uuid":"not a uuid"}'], 'all or nothing')
      await expect(refused).rejects.toMatchObject({ name: 'StoreError', kind: 'refused' })
      expect(await people()).toEqual([])
    })

    it('takes an insert that spans more months than a block may by default', async () => {
      const months = Array.from({ length: 200 }, (_, i) => ({
        project_id: project,
        timestamp: Date.UTC(2005, i, 1),
      }))
      await insert(sampleRows(months), 'long history')
      expect(await people()).toHaveLength(200)
    })

    it('keeps dead letters whose record is not even JSON', async () => {
      const letter = { project_id: project, record_key: 'k', record: '{"a', error: 'bad' }
      await opened.store.insert('dead_letters', [JSON.stringify(letter)], 'dead')
      const rows = await opened.store.query({
        text: 'SELECT record, error FROM dead_letters WHERE project_id = {project:String}',
        params: { project },
      })
      expect(rows).toEqual([{ record: '{"a', error: 'bad' }])
    })

    it('takes an empty insert for nothing', async () => {
      await insert([], 'empty')
      expect(await people()).toEqual([])
    })

    it.each(HOSTILE_PROPERTIES)('$name: $fate, and its neighbours are stored', async (hostile) => {
      const [before = '', after = ''] = rowsOf('before', 'after')
      const row = JSON.stringify(sampleRow({ project_id: project, distinct_id: 'hostile' }))
      const rows = [row.replace('"properties":{}', `"properties":${hostile.properties}`)]
      if (hostile.fate === 'refused') {
        await expect(insert(rows, 'alone')).rejects.toMatchObject({ kind: 'refused' })
        await insert([before, after], 'neighbours')
        expect(await people()).toEqual(['after', 'before'])
        return
      }
      await insert([before, ...rows, after], 'together')
      const stored = await opened.store.query<{ properties: unknown }>({
        text: `SELECT properties FROM events
          WHERE project_id = {project:String} AND distinct_id = 'hostile'`,
        params: { project },
      })
      expect(await people()).toEqual(['after', 'before', 'hostile'])
      const expected = hostile.stored ?? JSON.parse(hostile.properties)
      expect(quoteNumbers(stored[0]?.properties)).toEqual(quoteNumbers(expected))
    })

    it('binds values, whatever they hold', async () => {
      const values = ["'; DROP TABLE events; --", '\\', '\t\n\0', '{x:String}', '`', '😀', '%s', '']
      const rows = await opened.store.query({
        text: 'SELECT {list:Array(String)} AS list, {one:String} AS one, {number:Float64} AS number',
        params: { list: values, one: values.join(''), number: -0.5 },
      })
      expect(rows).toEqual([{ list: values, one: values.join(''), number: -0.5 }])
    })

    it('answers 64-bit integers as strings', async () => {
      const rows = await opened.store.query({ text: 'SELECT toUInt64(18446744073709551615) AS n' })
      expect(rows).toEqual([{ n: '18446744073709551615' }])
    })

    it('answers concurrent queries each with its own values', async () => {
      const asked = Array.from({ length: 30 }, (_, n) => n)
      const answers = await Promise.all(
        asked.map((n) =>
          opened.store.query<{ n: number }>({ text: 'SELECT {n:UInt32} AS n', params: { n } }),
        ),
      )
      expect(answers.map(([row]) => row?.n)).toEqual(asked)
    })

    it('gives up a query after its time as too heavy, and goes on', async () => {
      const started = Date.now()
      const slow = opened.store.query({ text: SLOW }, { timeoutMs: 300 })
      await expect(slow).rejects.toMatchObject({ name: 'StoreError', kind: 'too_heavy' })
      expect(Date.now() - started).toBeLessThan(3_000)
      expect(await opened.store.query({ text: 'SELECT 1 AS one' })).toEqual([{ one: 1 }])
    })

    it('tells how far a query is while it runs, and no more when it is over', async () => {
      const told: Progress[] = []
      const onProgress = (progress: Progress) => told.push(progress)
      const started = Date.now()
      await opened.store.query({ text: 'SELECT 1' }, { onProgress })
      // Nothing of one that is over before it is looked at.
      const looks = Math.floor((Date.now() - started) / PROGRESS_MS)
      expect(told.splice(0).length).toBeLessThanOrEqual(looks)
      const slow = opened.store.query({ text: SLOW }, { timeoutMs: 1_500, onProgress })
      await expect(slow).rejects.toMatchObject({ kind: 'too_heavy' })
      expect(told.length).toBeGreaterThan(1)
      const rows = told.map(({ rowsRead }) => rowsRead)
      expect(rows).toEqual([...rows].sort((a, b) => a - b))
      expect(rows.at(-1)).toBeGreaterThan(rows[0] ?? 0)
      expect(told.at(-1)?.rowsToRead).toBeGreaterThan(rows.at(-1) ?? 0)
      const heard = told.length
      await opened.store.query({ text: 'SELECT sleep(0.5)' })
      expect(told).toHaveLength(heard)
    })

    it('stops an aborted query and answers the next one at once', async () => {
      const controller = new AbortController()
      const slow = opened.store.query({ text: SLOW }, { signal: controller.signal })
      setTimeout(() => controller.abort(new Error('client gone')), 200)
      await expect(slow).rejects.toThrow('client gone')
      const started = Date.now()
      await opened.store.query({ text: 'SELECT 1' })
      expect(Date.now() - started).toBeLessThan(3_000)
    })

    it.each([undefined, { least: '0' }])(
      'answers a query with its own rows alone after one that failed midway: values %o',
      async (params) => {
        const own = params ? '{least:UInt64}' : '0'
        const failing = {
          text: `SELECT number, throwIf(number = 3000000) FROM numbers(4000000) WHERE number >= ${own}`,
          ...(params && { params }),
        }
        await expect(opened.store.query(failing)).rejects.toMatchObject({ name: 'StoreError' })
        const next = { text: `SELECT toString(${own}) AS own`, ...(params && { params }) }
        expect(await opened.store.query(next)).toEqual([{ own: '0' }])
      },
    )

    it('never runs a query that was aborted before', async () => {
      const query = opened.store.query({ text: 'SELECT 1' }, { signal: AbortSignal.abort('gone') })
      await expect(query).rejects.toBe('gone')
    })

    it('calls a broken statement refused', async () => {
      const error = await opened.store
        .query({ text: 'SELECT nonsense' })
        .catch((e: StoreError) => e)
      expect(error).toMatchObject({ name: 'StoreError', kind: 'refused' })
    })
  })
}

// The store answers 64-bit integers as strings, inside JSON too.
const quoteNumbers = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'number' ? String(part) : part)))

/** Minutes of work that reads nothing. */
const SLOW = 'SELECT count() AS n FROM numbers(1000000000000) WHERE cityHash64(number) = 1'

import type { ApiError } from '@headwater/schemas/insights/question'
import { SqlResult } from '@headwater/schemas/insights/sql'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawStore } from '../../store/raw-store.ts'
import { sampleRows } from '../../store/sample-row.ts'
import type { EventStore, QueryStore } from '../../store/store.ts'
import { NOW, type TestClient, testClient } from '../test-api.ts'
import { SQL_COLUMNS } from './columns.ts'
import { CONFINED, REFUSED, SECRET } from './sql-attacks.ts'

export interface OpenSqlStore {
  store: EventStore & QueryStore & RawStore
  /** Of the store, as SQL names it. */
  database: string
  remove(): Promise<void>
}

const EVENTS = ['view', 'cart', 'buy']

/** What SQL from outside can do on every store, and cannot. `open` gives a store that was migrated. */
export function describeSql(name: string, open: () => Promise<OpenSqlStore>): void {
  describe(`sql: ${name}`, () => {
    let opened: OpenSqlStore
    let api: TestClient
    const ask = (sql: string, limit?: number) =>
      api.post<SqlResult & ApiError>('/api/sql', { project: 'own', sql, limit })
    const rows = async (sql: string) => {
      const { status, body } = await ask(sql)
      expect(status, JSON.stringify(body)).toBe(200)
      return body.rows
    }
    const expectNothingOfOthers = (status: number, body: unknown) => {
      const text = JSON.stringify(body)
      expect([200, 400, 504], text).toContain(status)
      expect(text).not.toContain(SECRET)
      expect(text).not.toMatch(
        /DB::Exception|project_id =|additional_table_filters = |node_modules/,
      )
    }

    beforeAll(async () => {
      opened = await open()
      // A project asks often here, and its questions are heavy.
      api = testClient({ store: opened.store, raw: opened.store, timeoutMs: 5_000 })
      const own = EVENTS.map((event, place) => ({
        project_id: 'own',
        event,
        distinct_id: ['ann', 'bob'][place % 2] ?? '',
        timestamp: NOW - place * 60_000,
        browser: 'Firefox',
        properties: { plan: 'pro', price: 10 * place, 'a.b': 'dotted', a: { b: 'nested' } },
      }))
      const other = {
        project_id: 'other',
        distinct_id: SECRET,
        browser: SECRET,
        timestamp: NOW,
        properties: { plan: SECRET, [SECRET]: 1 },
      }
      const others = ['view', 'aaa', 'zzz'].map((event) => ({ ...other, event }))
      await opened.store.insert('events', sampleRows([...own, ...others]), 'sql')
      const letter = { project_id: 'other', record_key: SECRET, record: SECRET, error: SECRET }
      await opened.store.insert('dead_letters', [JSON.stringify(letter)], 'sql')
    })
    afterAll(() => opened.remove())

    describe('answers', () => {
      it.each([
        ['SELECT event FROM events ORDER BY timestamp DESC', [['view'], ['cart'], ['buy']]],
        ['SELECT count(), uniqExact(person_id) FROM events', [['3', '2']]],
        [
          "SELECT count() FROM events WHERE event IN ('view', 'cart') AND browser = 'Firefox'",
          [['2']],
        ],
        ['SELECT sum(properties.price.:Int64) FROM events', [['30']]],
        ['SELECT properties.plan, count() FROM events GROUP BY properties.plan', [['pro', '3']]],
        [
          'SELECT properties.price FROM events ORDER BY properties.price DESC',
          [['20'], ['10'], ['0']],
        ],
        [
          "SELECT properties.`a.b`, properties.a.b FROM events WHERE event LIKE 'vi%'",
          [['dotted', 'nested']],
        ],
        [
          `WITH days AS (SELECT toDate(timestamp) AS day, count() AS n FROM events GROUP BY day)
           SELECT * FROM days WHERE day IN (SELECT day FROM days)`,
          [['2026-06-17', '3']],
        ],
        [
          'SELECT a.event FROM events AS a JOIN events AS b ON a.uuid = b.uuid ORDER BY a.event LIMIT 1',
          [['buy']],
        ],
        [
          `SELECT windowFunnel(3600, 'strict_order')(toDateTime(timestamp), event = 'cart', event = 'view')
           FROM events WHERE distinct_id = 'bob'`,
          [[1]],
        ],
        [
          'SELECT event, row_number() OVER (ORDER BY timestamp) AS place FROM events QUALIFY place = 1',
          [['buy', '1']],
        ],
        [
          `SELECT 'it''s', "event", 1e3, -5 - -3, [1, 2][2] FROM events WHERE event = 'view'`,
          [["it's", 'view', 1000, -2, 2]],
        ],
        ['SELECT CASE WHEN 1 > 2 THEN 1 ELSE 2 END, CAST(3 AS String), 4::Float64', [[2, '3', 4]]],
        ['SELECT 1 UNION ALL (SELECT 1)', [[1], [1]]],
        [
          "SELECT count() FROM events WHERE timestamp >= toDateTime('2026-06-17 11:59:30') - INTERVAL 1 minute",
          [['2']],
        ],
      ])('%s', async (sql, expected) => {
        expect(await rows(sql)).toEqual(expected)
      })

      it('names columns with their types, and tells how complete it is', async () => {
        const { body } = await ask('SELECT event AS what, count() AS n FROM events GROUP BY event')
        expect(SqlResult.parse(body)).toEqual(body)
        expect(body.columns).toEqual([
          { name: 'what', type: 'LowCardinality(String)' },
          { name: 'n', type: 'UInt64' },
        ])
        expect(body).toMatchObject({ truncated: false, from_cache: false })
        expect(body.complete_until).toBe(new Date(NOW).toISOString())
      })

      it('gives as many rows as may be, and says when there are more', async () => {
        const answer = async (limit: number) => {
          const { body } = await ask(
            'SELECT event FROM events UNION ALL SELECT event FROM events',
            limit,
          )
          return [body.rows.length, body.truncated]
        }
        expect(await answer(6)).toEqual([6, false])
        expect(await answer(5)).toEqual([5, true])
        expect(await answer(1)).toEqual([1, true])
      })

      it('keeps texts as they are, whatever they hold', async () => {
        const texts = [
          "'; DROP TABLE events; --",
          '\\',
          '\t\n\0',
          '{x:String}',
          '`',
          '😀',
          '%s',
          '',
        ]
        for (const text of texts) {
          const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`
          expect(await rows(`SELECT ${quoted} AS t`)).toEqual([[text]])
        }
      })

      it('keeps names as they are, whatever they hold', async () => {
        for (const name of ["it's", 'a"b', '{p0:String}', 'é😀', 'select', 'a b; --', 'a.b']) {
          const { body } = await ask(`SELECT 1 AS \`${name}\``)
          expect(body.columns).toEqual([{ name, type: 'UInt8' }])
        }
      })

      it('knows the columns as they are', async () => {
        const { body } = await ask('SELECT * FROM events LIMIT 1')
        const described = SQL_COLUMNS.map(({ name, type }) => ({ name, type }))
        expect(body.columns).toEqual(described)
      })

      it.each([
        ['SELECT nonsense FROM events', 'unknown identifier (nonsense)'],
        ['SELECT sum(event) FROM events', 'illegal type of argument'],
        ['SELECT event, count() FROM events', 'not an aggregate'],
        ['SELECT toInt32(event) FROM events', 'cannot parse'],
      ])('says what is wrong with %s', async (sql, reason) => {
        const { status, body } = await ask(sql)
        expect([status, body.error.field, body.error.code]).toEqual([400, 'sql', 'invalid_query'])
        expect(body.error.message).toContain(reason)
      })
    })

    describe.each(Object.entries(REFUSED))('refuses %s', (_, attacks) => {
      it.each(attacks)('%s', async (sql) => {
        const { status, body } = await ask(sql)
        expect([status, body.error?.field], JSON.stringify(body)).toEqual([400, 'sql'])
        // Where it is, so that it was our own reading that refused it.
        expect(body.error.message).toMatch(/\(at character \d+\)$/)
      })
    })

    describe.each(Object.entries(CONFINED))('stays in the project: %s', (_, attacks) => {
      it.each(attacks)('%s', async (sql) => {
        const { status, body } = await ask(sql)
        expectNothingOfOthers(status, body.rows ?? body.error.message.replaceAll(`(${SECRET})`, ''))
        const counted = sql.startsWith('SELECT count() FROM events WHERE toInt64')
        if (counted) expect(body.rows).toEqual([['3']])
      })
    })

    it('fails on no row of another project', async () => {
      for (const sql of CONFINED['failing on other rows'] ?? []) {
        expect((await ask(sql)).status, sql).toBe(200)
      }
    })

    it('gives up in time, and answers the next at once', async () => {
      const started = Date.now()
      const endless = `SELECT count() FROM (SELECT arrayJoin(range(5000000)) AS x) AS a,
        (SELECT arrayJoin(range(5000000)) AS y) AS b WHERE sipHash64(x, y) = 1`
      const { status, body } = await ask(endless)
      expect([status, body.error.code]).toEqual([504, 'query_too_heavy'])
      expect(Date.now() - started).toBeLessThan(9_000)
      expect(await rows('SELECT 1')).toEqual([[1]])
    })

    describe('has a second wall: the store alone, given a statement as it is', () => {
      const confined = (text: string) =>
        opened.store.confined(
          { text },
          { project: 'own', maxRows: 100, maxBytes: 1e6, maxMemoryBytes: 3e8, timeoutMs: 3_000 },
        )

      it.each([
        'SELECT distinct_id FROM events',
        'SELECT distinct_id FROM DATABASE.events',
        'SELECT distinct_id FROM (SELECT * FROM events) UNION ALL SELECT distinct_id FROM events',
        'WITH x AS (SELECT * FROM events) SELECT x.distinct_id FROM x JOIN events AS e ON 1 = 1',
        'SELECT arrayJoin(groupArray(distinct_id)) FROM view(SELECT * FROM events)',
      ])('%s gives the own rows', async (sql) => {
        const answer = await confined(sql.replace('DATABASE', opened.database))
        expect(answer.rows.length).toBeGreaterThan(0)
        expect(JSON.stringify(answer.rows)).not.toContain(SECRET)
      })

      it.each([
        'INSERT INTO events (project_id) SELECT 1',
        'CREATE TABLE mine (a Int8) ENGINE = Memory',
        'DROP TABLE events',
        'SELECT 1 SETTINGS readonly = 0',
        'SELECT 1 SETTINGS max_execution_time = 0',
        'SELECT * FROM events SETTINGS additional_table_filters = {}',
        'SET max_execution_time = 0',
        "SELECT * FROM file('/etc/passwd', LineAsString)",
        "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)",
        "SELECT * FROM remote('127.0.0.1', default.events)",
        "SELECT * FROM s3('http://127.0.0.1:1/x.csv')",
        "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
        "SELECT * FROM executable('x.sh', CSV, 'a Int8')",
      ])('%s is refused', async (sql) => {
        await expect(confined(sql)).rejects.toMatchObject({ name: 'StoreError' })
      })

      it('ends what takes too long, too much memory or gives too much', async () => {
        const heavy = [
          'SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1',
          'SELECT length(groupArray(number)) FROM numbers(1000000000)',
          "SELECT repeat('x', 1000000) FROM numbers(100)",
        ]
        for (const sql of heavy) {
          await expect(confined(sql), sql).rejects.toMatchObject({ kind: 'too_heavy' })
        }
      })
    })

    it(`stays in the project whatever words are put together`, async () => {
      let answered = 0
      const judge = fc.asyncProperty(statement, async (sql) => {
        const { status, body } = await ask(sql)
        if (status === 200) answered++
        expectNothingOfOthers(status, body.rows ?? body.error.message.replaceAll(`(${SECRET})`, ''))
      })
      await fc.assert(judge, { numRuns: 1_500 })
      expect(answered).toBeGreaterThan(50)
    }, 120_000)
  })
}

const word = fc.constantFrom(
  ...Object.values({ ...REFUSED, ...CONFINED })
    .flat()
    .filter((sql) => sql.length < 200 && !/range|arrayJoin/.test(sql) && !sql.includes(SECRET))
    .flatMap((sql) => sql.match(/\w+\(|'[^']*'|`[^`]*`|\w+|[^\s\w]/g) ?? []),
)
const soup = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '))
/** Whole statements with a part that is anything. */
const statement = fc.oneof(
  soup.map((words) => `SELECT ${words} FROM events`),
  soup.map((words) => `SELECT distinct_id FROM events WHERE ${words}`),
  soup.map((words) => `SELECT * FROM ${words}`),
  soup.map((words) => `WITH ${words} SELECT * FROM events`),
  fc.tuple(soup, fc.nat(20)).map(([words, place]) => {
    const own = 'SELECT e . distinct_id , count ( ) FROM events AS e WHERE e . event = 1 GROUP BY 1'
    const parts = own.split(' ')
    return [...parts.slice(0, place), words, ...parts.slice(place)].join(' ')
  }),
  fc.string({ maxLength: 60 }).map((text) => `SELECT '${text}', distinct_id FROM events`),
)

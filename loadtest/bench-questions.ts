import { SYNTHETIC_PROJECT } from './synthetic-events.ts'

export interface BenchQuestion {
  name: string
  /** A question of POST /api/query. */
  ask: object
  /** The same by hand. */
  sql: string
  /** The same in the SQL that PostgreSQL and DuckDB share. */
  standard?: string
  /** The numbers of the answer, and the same numbers of the rows: what is compared must be one thing. */
  ofAnswer(answer: Answer): number[]
  ofRows(rows: Row[]): number[]
}

export type Row = Record<string, unknown>
/** Loosely: whatever kind it is. */
// biome-ignore lint/suspicious/noExplicitAny: the answers of many kinds, of which a few numbers are read
export type Answer = any

export const COMMON = { project: SYNTHETIC_PROJECT, date_from: '2026-04-02', date_to: '2026-06-30' }
export const WHERE = `project_id = '${SYNTHETIC_PROJECT}' AND NOT is_bot
  AND timestamp >= '2026-04-02' AND timestamp < '2026-07-01'`
export const STANDARD = `NOT is_bot AND ts >= '2026-04-02' AND ts < '2026-07-01'`
export const numbers = (rows: Row[], key = 'n'): number[] => rows.map((row) => Number(row[key]))
export const sum = (values: readonly number[]): number => values.reduce((total, n) => total + n, 0)

const trends = (series: object, more: object = {}) => ({
  kind: 'trends',
  ...COMMON,
  series: [{ event: '$pageview', ...series }],
  ...more,
})
/** The one line's values, and its total. */
const line = (answer: Answer): number[] => [...answer.series[0].values, answer.series[0].total]
/** Totals of all lines, the largest first. */
const totals = (answer: Answer): number[] =>
  answer.series.map(({ total }: { total: number }) => total).sort((a: number, b: number) => b - a)

/** About events, and about who came when. */
export const COUNT_QUESTIONS: BenchQuestion[] = [
  {
    name: 'page views per day',
    ask: trends({}),
    sql: `SELECT toDate(timestamp) AS day, count() AS n FROM events
      WHERE ${WHERE} AND event = '$pageview' GROUP BY GROUPING SETS ((day), ()) ORDER BY toUInt16(day) = 0, day`,
    standard: `SELECT ts::date AS day, count(*) AS n FROM events WHERE ${STANDARD} AND event = '$pageview'
      GROUP BY GROUPING SETS ((ts::date), ()) ORDER BY day NULLS LAST`,
    ofAnswer: line,
    ofRows: numbers,
  },
  {
    name: 'persons per week',
    ask: trends({ measure: 'unique_persons' }, { interval: 'week' }),
    sql: `SELECT toMonday(timestamp) AS week, uniqExact(person_id) AS n FROM events
      WHERE ${WHERE} AND event = '$pageview' AND timestamp >= '2026-04-02'
      GROUP BY GROUPING SETS ((week), ()) ORDER BY toUInt16(week) = 0, week`,
    standard: `SELECT date_trunc('week', ts) AS week, count(DISTINCT person) AS n FROM events
      WHERE ${STANDARD} AND event = '$pageview'
      GROUP BY GROUPING SETS ((date_trunc('week', ts)), ()) ORDER BY week NULLS LAST`,
    ofAnswer: line,
    ofRows: numbers,
  },
  {
    name: 'weekly active persons per day',
    ask: trends({ measure: 'weekly_active' }),
    sql: `SELECT arrayJoin(arrayMap(later -> day + later, range(7))) AS shown, uniqExact(person_id) AS n
      FROM (SELECT person_id, toDate(timestamp) AS day FROM events
        WHERE project_id = '${SYNTHETIC_PROJECT}' AND NOT is_bot AND event = '$pageview'
          AND timestamp >= '2026-03-27' AND timestamp < '2026-07-01'
        GROUP BY person_id, day)
      GROUP BY shown HAVING shown < '2026-07-01' ORDER BY shown`,
    standard: `WITH days AS (SELECT DISTINCT person, ts::date AS day FROM events
        WHERE ${STANDARD} AND event = '$pageview')
      SELECT day + later::int AS shown, count(DISTINCT person) AS n
      FROM days, generate_series(0, 6) AS g(later)
      WHERE day + later::int < '2026-07-01' GROUP BY 1 ORDER BY 1`,
    ofAnswer: (answer) => answer.series[0].values,
    ofRows: numbers,
  },
  {
    name: 'page views per day by browser',
    ask: trends({}, { breakdowns: [{ property: '$browser' }] }),
    sql: `SELECT browser, toDate(timestamp) AS day, count() AS n FROM events
      WHERE ${WHERE} AND event = '$pageview' GROUP BY browser, day`,
    standard: `SELECT browser, ts::date AS day, count(*) AS n FROM events
      WHERE ${STANDARD} AND event = '$pageview' GROUP BY browser, ts::date`,
    ofAnswer: (answer) => [sum(totals(answer))],
    ofRows: (rows) => [sum(numbers(rows))],
  },
  {
    name: 'persons per day by a JSON property',
    ask: trends({ measure: 'unique_persons' }, { breakdowns: [{ property: 'plan' }] }),
    sql: `SELECT toString(properties.plan) AS plan, toDate(timestamp) AS day,
        uniqExact(person_id) AS n FROM events
      WHERE ${WHERE} AND event = '$pageview'
      GROUP BY GROUPING SETS ((plan, day), (plan)) HAVING toUInt16(day) = 0 ORDER BY n DESC`,
    standard: `SELECT n FROM (
        SELECT properties->>'plan' AS plan, ts::date AS day, count(DISTINCT person) AS n FROM events
        WHERE ${STANDARD} AND event = '$pageview'
        GROUP BY GROUPING SETS ((properties->>'plan', ts::date), (properties->>'plan'))) AS lines
      WHERE day IS NULL ORDER BY n DESC`,
    ofAnswer: totals,
    ofRows: numbers,
  },
  {
    name: 'sum of a price per day',
    ask: trends({ event: 'purchase', measure: 'sum', measure_property: { property: 'price' } }),
    sql: `SELECT toDate(timestamp) AS day, sum(toFloat64OrNull(toString(properties.price))) AS n
      FROM events WHERE ${WHERE} AND event = 'purchase'
      GROUP BY GROUPING SETS ((day), ()) ORDER BY toUInt16(day) = 0, day`,
    standard: `SELECT ts::date AS day, sum((properties->>'price')::float8) AS n FROM events
      WHERE ${STANDARD} AND event = 'purchase'
      GROUP BY GROUPING SETS ((ts::date), ()) ORDER BY day NULLS LAST`,
    ofAnswer: line,
    ofRows: numbers,
  },
  {
    name: 'one rare event per day',
    ask: trends({ event: 'refund' }),
    sql: `SELECT toDate(timestamp) AS day, count() AS n FROM events
      WHERE ${WHERE} AND event = 'refund' GROUP BY GROUPING SETS ((day), ()) ORDER BY toUInt16(day) = 0, day`,
    standard: `SELECT ts::date AS day, count(*) AS n FROM events WHERE ${STANDARD} AND event = 'refund'
      GROUP BY GROUPING SETS ((ts::date), ()) ORDER BY day NULLS LAST`,
    ofAnswer: (answer) => line(answer).filter((n) => n > 0),
    ofRows: numbers,
  },
  {
    name: 'retention of 12 weeks',
    ask: {
      kind: 'retention',
      ...COMMON,
      date_from: '2026-04-06',
      date_to: '2026-06-28',
      interval: 'week',
    },
    sql: `SELECT week, sumForEach(cells) AS cells FROM (
        SELECT arrayJoin(range(12)) AS week,
          arrayMap(later -> toUInt64(bitTest(weeks, week + later)), range(12)) AS cells
        FROM (SELECT person_id, groupBitOr(bitShiftLeft(1::UInt32,
              toUInt8(intDiv(toDate(timestamp) - toDate('2026-04-06'), 7)))) AS weeks FROM events
          WHERE project_id = '${SYNTHETIC_PROJECT}' AND NOT is_bot AND event = '$pageview'
            AND timestamp >= '2026-04-06' AND timestamp < '2026-07-01' GROUP BY person_id)
        WHERE bitTest(weeks, week))
      GROUP BY week ORDER BY week`,
    standard: `WITH weeks AS (SELECT DISTINCT person,
          floor((ts::date - date '2026-04-06') / 7.0)::int AS week FROM events
        WHERE NOT is_bot AND event = '$pageview' AND ts >= '2026-04-06' AND ts < '2026-07-01')
      SELECT count(*) AS cells FROM weeks AS first JOIN weeks AS later USING (person)
      WHERE first.week < 12 AND later.week - first.week BETWEEN 0 AND 11
      GROUP BY first.week, later.week - first.week ORDER BY first.week, later.week - first.week`,
    ofAnswer: (answer) =>
      answer.groups[0].rows.flatMap((row: Answer) =>
        row.cells.map(({ value }: Answer) => value ?? 0).filter((value: number) => value > 0),
      ),
    ofRows: (rows) => rows.flatMap(({ cells }) => [cells].flat().map(Number)).filter((n) => n > 0),
  },
  {
    name: 'stickiness by day',
    ask: { kind: 'stickiness', ...COMMON, series: [{ event: '$pageview' }] },
    sql: `SELECT days, count() AS n FROM (
        SELECT uniqExact(toDate(timestamp)) AS days FROM events
        WHERE ${WHERE} AND event = '$pageview' GROUP BY person_id)
      GROUP BY days ORDER BY days`,
    standard: `SELECT days, count(*) AS n FROM (
        SELECT count(DISTINCT ts::date) AS days FROM events
        WHERE ${STANDARD} AND event = '$pageview' GROUP BY person) AS persons
      GROUP BY days ORDER BY days`,
    ofAnswer: (answer) => answer.series[0].counts.filter((count: number) => count > 0),
    ofRows: numbers,
  },
  {
    name: 'small: page views of today',
    ask: trends({}, { date_from: '2026-06-30', interval: 'hour' }),
    sql: `SELECT toStartOfHour(timestamp) AS hour, count() AS n FROM events
      WHERE project_id = '${SYNTHETIC_PROJECT}' AND NOT is_bot AND event = '$pageview'
        AND timestamp >= '2026-06-30' AND timestamp < '2026-07-01' GROUP BY hour`,
    ofAnswer: (answer) => [answer.series[0].total],
    ofRows: (rows) => [sum(numbers(rows))],
  },
]

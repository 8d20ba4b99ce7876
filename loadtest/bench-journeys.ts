import {
  type Answer,
  type BenchQuestion,
  COMMON,
  numbers,
  type Row,
  STANDARD,
  sum,
  WHERE,
} from './bench-questions.ts'
import { SYNTHETIC_PROJECT } from './synthetic-events.ts'

const STEPS = ['$pageview', 'add_to_cart', 'purchase']
const WINDOW_MS = 14 * 86_400_000
const OF_PROJECT = `project_id = '${SYNTHETIC_PROJECT}' AND NOT is_bot`
const LIFECYCLE = ['new', 'returning', 'resurrecting', 'dormant']
/** Most used edges that are compared: below them some are equally frequent. */
const EDGES = 20

/** How many reach each step, from how many stop at each. */
const reached = (rows: Row[]): number[] => {
  const stopped = numbers(rows)
  return stopped.map((_, step) => sum(stopped.slice(step)))
}

/** About what happens after what. */
export const JOURNEY_QUESTIONS: BenchQuestion[] = [
  {
    // The answer also has the times from step to step, and who still has time: by hand it has not.
    name: 'funnel of 3 steps in 14 days',
    ask: {
      kind: 'funnel',
      ...COMMON,
      steps: STEPS.map((event) => ({ event })),
      window: { value: 14, unit: 'day' },
    },
    sql: `SELECT level, count() AS n FROM (
        SELECT windowFunnel(${WINDOW_MS})(toUInt64(toUnixTimestamp64Milli(timestamp)),
          ${STEPS.map((step) => `event = '${step}'`).join(', ')}) AS level
        FROM events WHERE ${WHERE} AND event IN (${STEPS.map((step) => `'${step}'`).join(', ')})
        GROUP BY person_id)
      WHERE level > 0 GROUP BY level ORDER BY level`,
    standard: `WITH seen AS (
        SELECT person, event, ts, max(CASE WHEN event = '$pageview' THEN ts END)
          OVER (PARTITION BY person ORDER BY ts ROWS UNBOUNDED PRECEDING) AS viewed
        FROM events WHERE ${STANDARD} AND event IN ('$pageview', 'add_to_cart', 'purchase')),
      added AS (
        SELECT *, max(CASE WHEN event = 'add_to_cart' THEN viewed END)
          OVER (PARTITION BY person ORDER BY ts ROWS UNBOUNDED PRECEDING) AS began FROM seen)
      SELECT count(DISTINCT CASE WHEN event = '$pageview' THEN person END) AS n1,
        count(DISTINCT CASE WHEN event = 'add_to_cart' AND ts - viewed <= interval '14 days' THEN person END) AS n2,
        count(DISTINCT CASE WHEN event = 'purchase' AND ts - began <= interval '14 days' THEN person END) AS n3
      FROM added`,
    ofAnswer: (answer) => answer.groups[0].steps.map(({ count }: Answer) => count),
    ofRows: (rows) =>
      rows[0]?.n1 === undefined
        ? reached(rows)
        : ['n1', 'n2', 'n3'].map((n) => Number(rows[0]?.[n])),
  },
  {
    name: 'lifecycle by day',
    ask: { kind: 'lifecycle', ...COMMON, activity: { event: '$pageview' } },
    sql: `SELECT pair.1 AS status, pair.2 AS day, count() AS n FROM (
        SELECT arrayJoin(arrayConcat(
          arrayMap((day, earlier) -> (multiIf(toUInt16(earlier) = 0, 0, day - earlier = 1, 1, 2), day),
            days, arrayPushFront(arrayPopBack(days), toDate(0))),
          arrayMap(day -> (3, day + 1), arrayFilter((day, later) -> later - day > 1,
            days, arrayPushBack(arrayPopFront(days), toDate('2100-01-01')))))) AS pair
        FROM (SELECT arraySort(groupUniqArray(toDate(timestamp))) AS days FROM events
          WHERE ${OF_PROJECT} AND event = '$pageview' AND timestamp < '2026-07-01' GROUP BY person_id))
      WHERE day < '2026-07-01' GROUP BY status, day ORDER BY status, day`,
    standard: `WITH days AS (SELECT DISTINCT person, ts::date AS day FROM events
        WHERE NOT is_bot AND event = '$pageview' AND ts < '2026-07-01'),
      beside AS (SELECT day, lag(day) OVER (PARTITION BY person ORDER BY day) AS earlier,
        lead(day) OVER (PARTITION BY person ORDER BY day) AS later FROM days)
      SELECT CASE WHEN earlier IS NULL THEN 0 WHEN day - earlier = 1 THEN 1 ELSE 2 END AS status,
        day, count(*) AS n FROM beside GROUP BY 1, 2
      UNION ALL
      SELECT 3, day + 1, count(*) FROM beside
      WHERE (later IS NULL OR later - day > 1) AND day < '2026-06-30' GROUP BY 1, 2
      ORDER BY 1, 2`,
    ofAnswer: (answer) =>
      LIFECYCLE.flatMap((status) =>
        answer.series
          .find((one: Answer) => one.status === status)
          .values.map(Math.abs)
          .filter((n: number) => n > 0),
      ),
    ofRows: numbers,
  },
  {
    // By hand without nodes' exits, without one order for events of one moment, and without joining /a/ to /a.
    name: 'paths of 5 pages',
    ask: { kind: 'paths', ...COMMON },
    sql: `SELECT step, page, later, count() AS n, uniqExact(person_id) AS persons, avg(ms) AS mean
      FROM (
        SELECT person_id, step, pages[step].2 AS page, pages[step + 1].2 AS later,
          pages[step + 1].1 - pages[step].1 AS ms
        FROM (
          SELECT person_id, arraySlice(arrayFilter((view, before) -> view.2 != before,
            run, arrayPushFront(arrayPopBack(run.2), '')), 1, 5) AS pages
          FROM (
            SELECT person_id, arraySort(groupArray((toUnixTimestamp64Milli(timestamp), pathname))) AS views
            FROM events WHERE ${WHERE} AND event = '$pageview' GROUP BY person_id)
          ARRAY JOIN arraySplit((view, pause) -> pause >= 1800000,
            views, arrayDifference(views.1)) AS run)
        ARRAY JOIN arrayEnumerate(pages) AS step)
      GROUP BY GROUPING SETS ((step, page, later), (step, page))
      HAVING grouping(later) = 0 AND later != ''
      ORDER BY n DESC LIMIT ${EDGES}`,
    ofAnswer: (answer) => answer.edges.slice(0, EDGES).map(({ paths }: Answer) => paths),
    ofRows: numbers,
  },
  {
    name: 'web overview of a week',
    ask: {
      kind: 'web_overview',
      ...COMMON,
      date_from: '2026-06-24',
      compare: false,
      lists: ['country', 'source'],
    },
    sql: `SELECT * FROM (SELECT 1 AS part, '' AS value, uniqExact(person_id) AS n, count() AS more
        FROM events WHERE ${OF_PROJECT} AND event = '$pageview'
          AND timestamp >= '2026-06-24' AND timestamp < '2026-07-01'
        GROUP BY GROUPING SETS ((toDate(timestamp)), ()) HAVING grouping(toDate(timestamp)) = 1
      UNION ALL
      SELECT 2, '', count(), countIf(views = 1 AND ms < 10000 AND own = 0) FROM (
        SELECT countIf(event = '$pageview') AS views,
          toUnixTimestamp64Milli(max(timestamp)) - toUnixTimestamp64Milli(min(timestamp)) AS ms,
          countIf(NOT startsWith(event, '$')) AS own,
          countIf(event = '$pageview' AND timestamp >= '2026-06-24' AND timestamp < '2026-07-01') AS chosen
        FROM events WHERE ${OF_PROJECT} AND timestamp >= '2026-06-23' AND timestamp < '2026-07-02'
        GROUP BY session_id HAVING chosen > 0)
      UNION ALL
      SELECT 3, country, uniqExact(person_id), count() FROM events
        WHERE ${OF_PROJECT} AND event = '$pageview'
          AND timestamp >= '2026-06-24' AND timestamp < '2026-07-01' GROUP BY country
      UNION ALL
      SELECT 4, source, uniqExact(person), count() FROM (
        SELECT any(person_id) AS person, countIf(event = '$pageview' AND timestamp >= '2026-06-24'
            AND timestamp < '2026-07-01') AS chosen,
          argMinIf(if(utm_source != '', utm_source, referring_domain), timestamp, event = '$pageview') AS source
        FROM events WHERE ${OF_PROJECT} AND timestamp >= '2026-06-23' AND timestamp < '2026-07-02'
        GROUP BY session_id HAVING chosen > 0)
      GROUP BY source)
      ORDER BY part, n DESC, value`,
    ofAnswer: (answer) => [
      answer.visitors.value,
      answer.page_views.value,
      answer.sessions.value,
      Math.round(answer.bounce_rate.value * answer.sessions.value),
      ...answer.lists.flatMap(({ rows }: Answer) => rows.map(({ visitors }: Answer) => visitors)),
    ],
    ofRows: (rows) =>
      rows.flatMap(({ part, n, more }) =>
        Number(part) <= 2 ? [Number(n), Number(more)] : [Number(n)],
      ),
  },
]

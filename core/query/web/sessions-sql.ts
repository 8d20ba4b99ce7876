import { WEB_LISTS, type WebList } from '@headwater/schemas/insights/web-overview'
import type { Query } from '../../store/store.ts'
import type { Range } from '../date-range.ts'
import { filterConditions } from '../filters.ts'
import { scopeConditions } from '../scope.ts'
import {
  BOUNCED,
  HAS_SESSION,
  LENGTH_MS,
  ofEntry,
  ofExit,
  PAGE_VIEW,
  PLACE,
  SESSION,
  SESSION_REACH_MS,
  VIEW,
} from '../sessions/definition.ts'
import { Statement } from '../statement.ts'
import { packedEntry } from './entry-sql.ts'
import type { WebPlan } from './plan.ts'
import { during, isViewList, rangeOf, type ViewList, valueSql } from './views-sql.ts'

/** Lists of sessions: what the first, or the last, of a session's page views says. */
const SESSION_LISTS: Record<Exclude<WebList, ViewList>, string> = {
  entry_page: 'pathname',
  exit_page: 'pathname',
  referrer: 'referring_domain',
  source: "if(utm_source != '', utm_source, referring_domain)",
  channel: 'channel',
  utm_source: 'utm_source',
  utm_medium: 'utm_medium',
  utm_campaign: 'utm_campaign',
  utm_term: 'utm_term',
  utm_content: 'utm_content',
}
export type SessionList = keyof typeof SESSION_LISTS
export const isSessionList = (list: WebList): list is SessionList => !isViewList(list)

/** Sessions of a period, or those that have one value on a list. */
export interface SessionsRow {
  /** Place in WEB_LISTS; null of all of a period. */
  list: number | null
  /** 1 of the time before. */
  previous: number
  value: string
  /** 0 of a period: those of its page views are counted. */
  visitors: string
  sessions: string
  views: string
  bounces: string
  ms: string
}

/**
 * How many sessions there are of each period, and what they are like; and the rows of lists of sessions. One
 * reading makes all, but where the time before is compared: of its sessions no list is made.
 */
export const compileSessions = (plan: WebPlan, lists: readonly SessionList[]): Query[] =>
  plan.previous && lists.length > 0
    ? [
        compileRead(plan, [rangeOf(plan), rangeOf(plan.previous)], []),
        compileRead(plan, [rangeOf(plan)], lists),
      ]
    : [compileRead(plan, [plan, ...(plan.previous ? [plan.previous] : [])].map(rangeOf), lists)]

function compileRead(
  plan: WebPlan,
  periods: readonly Range[],
  lists: readonly SessionList[],
): Query {
  const statement = new Statement(plan.query.project)
  const sessions = sessionsSql(plan, periods, lists, statement)
  const wholes = periods.map((_, previous) => `(CAST(NULL AS Nullable(UInt8)), ${previous}, '')`)
  const rows = lists.map(
    (list) => `(CAST(${WEB_LISTS.indexOf(list)} AS Nullable(UInt8)), 0, ${listColumn(list)})`,
  )
  return statement.query(`SELECT row.1 AS list, row.2 AS previous, row.3 AS value,
    ${lists.length > 0 ? 'uniqExactIf(visitor, list IS NOT NULL)' : '0'} AS visitors,
    count() AS sessions, sum(chosen[previous + 1]) AS views,
    countIf(bounced) AS bounces, sum(length_ms) AS ms
  FROM (${sessions})
  ARRAY JOIN [${[...wholes, ...rows].join(', ')}] AS row
  WHERE chosen[row.2 + 1] > 0
  GROUP BY list, previous, value
  ORDER BY list, previous, visitors DESC, value ASC
  LIMIT ${statement.add('UInt32', plan.query.list_limit)} BY list, previous`)
}

/**
 * One row for each session that has a page view which is asked for: `chosen`, how many of those in each
 * period, `length_ms`, `bounced`, and a column for each list; with any list, or
 * when it is asked for, also the `visitor`. Filters choose page views; what is said of a session is said of
 * the whole of it.
 */
export function sessionsSql(
  plan: WebPlan,
  periods: readonly Range[],
  lists: readonly SessionList[],
  statement: Statement,
  withVisitor: boolean = lists.length > 0,
): string {
  const firsts = lists.filter((list) => list !== 'exit_page')
  const texts = firsts.map((list) => [listColumn(list), valueSql(SESSION_LISTS[list])])
  // Who came, from where and to which page: as the first page view says; the last one says where it ended.
  const entry = withVisitor
    ? packedEntry(plan.query.actor, Object.fromEntries(texts), statement)
    : null
  const exit = lists.includes('exit_page') ? valueSql(SESSION_LISTS.exit_page) : null
  const ends = {
    ...(entry && { entry: entry.packed }),
    ...(exit && { exit }),
  }
  const columns = [
    `[${periods.map((_, period) => `countIf(chosen${period})`).join(', ')}] AS chosen`,
    `${LENGTH_MS} AS length_ms`,
    `${BOUNCED} AS bounced`,
    ...(entry ? [`${ofEntry('entry', 'place')} AS entered`] : []),
    ...Object.entries(entry?.parts('entered') ?? {}).map(([name, sql]) => `${sql} AS ${name}`),
    ...(exit ? [`${ofExit('exit', 'place')} AS ${listColumn('exit_page')}`] : []),
  ]
  return `SELECT ${columns.join(',\n      ')}
    FROM (${eventsSql(plan, periods, ends, statement)})
    GROUP BY session
    HAVING arraySum(chosen) > 0`
}

export const listColumn = (list: SessionList): string => `of_${list}`

/**
 * Columns `session`, `event`, `timestamp`, and `chosen0` and so on, whether it is asked for in each period, of all
 * events of sessions; `place` and the `ends`, texts, only of page views: what others need not have is not read for
 * them, an eighth of the whole time.
 */
function eventsSql(
  plan: WebPlan,
  periods: readonly Range[],
  ends: Readonly<Record<string, string>>,
  statement: Statement,
): string {
  const { query } = plan
  const first = Math.min(...periods.map((period) => period.from))
  statement.reads({ ...query, from: first, to: plan.to, events: [PAGE_VIEW] })
  const scope = {
    ...query,
    filters: [],
    from: first - SESSION_REACH_MS,
    to: plan.to + SESSION_REACH_MS,
    events: null,
  }
  const chosen = periods.map((period) =>
    [during(period, statement), ...filterConditions(query.filters, statement)].join(' AND '),
  )
  const said = Object.entries({ ...ends, ...(Object.keys(ends).length > 0 && { place: PLACE }) })
  const read = (columns: readonly string[], which: string) => `SELECT ${[
    `${SESSION} AS session, event, timestamp`,
    ...columns,
  ].join(', ')}
      FROM events
      WHERE ${statement.apart(() => scopeConditions(scope, statement))} AND ${HAS_SESSION} AND ${which}`
  const views = [
    ...chosen.map((conditions, period) => `${conditions} AS chosen${period}`),
    ...said.map(([name, sql]) => `${sql} AS ${name}`),
  ]
  const others = [
    ...chosen.map((_, period) => `0 AS chosen${period}`),
    ...said.map(([name]) => `${name === 'place' ? 'toUInt256(0)' : `''`} AS ${name}`),
  ]
  return `${read(views, VIEW)}
      UNION ALL
      ${read(others, `NOT (${VIEW})`)}`
}

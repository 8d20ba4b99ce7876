import { WEB_LISTS, type WebList } from '@headwater/schemas/insights/web-overview'
import type { Query } from '../../store/store.ts'
import { actorSql } from '../actor.ts'
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
  SESSION_REACH_MS,
  VIEW,
} from '../sessions/definition.ts'
import { Statement } from '../statement.ts'
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

export interface SessionTotalsRow {
  previous: number
  sessions: string
  views: string
  bounces: string
  ms: string
}

export interface SessionListRow extends Omit<SessionTotalsRow, 'previous'> {
  /** Place in WEB_LISTS. */
  list: number
  value: string
  visitors: string
}

/** How many sessions there are of each period, and what they are like. */
export function compileSessionTotals(plan: WebPlan): Query {
  const statement = new Statement(plan.query.project)
  const periods = [rangeOf(plan), ...(plan.previous ? [rangeOf(plan.previous)] : [])]
  const sessions = sessionsSql(plan, periods, null, statement)
  return statement.query(`SELECT period - 1 AS previous, count() AS sessions,
    sum(chosen[period]) AS views, countIf(bounced) AS bounces, sum(length_ms) AS ms
  FROM (${sessions})
  ARRAY JOIN arrayFilter(place -> chosen[place] > 0, ${periods.length === 1 ? '[1]' : '[1, 2]'}) AS period
  GROUP BY period`)
}

/** The rows of all lists of sessions, each list's own number of rows. */
export function compileSessionLists(plan: WebPlan, lists: readonly SessionList[]): Query {
  const { query } = plan
  const statement = new Statement(query.project)
  const sessions = sessionsSql(plan, [rangeOf(plan)], lists, statement)
  const pairs = lists.map((list) => `(${WEB_LISTS.indexOf(list)}, ${listColumn(list)})`)
  return statement.query(`SELECT pair.1 AS list, pair.2 AS value, uniqExact(visitor) AS visitors,
    count() AS sessions, sum(chosen[1]) AS views, countIf(bounced) AS bounces, sum(length_ms) AS ms
  FROM (${sessions})
  ARRAY JOIN [${pairs.join(', ')}] AS pair
  GROUP BY list, value
  ORDER BY list, visitors DESC, value ASC
  LIMIT ${statement.add('UInt32', query.list_limit)} BY list`)
}

/**
 * One row for each session that has a page view which is asked for: `chosen`, how many of those in each
 * period, `length_ms`, `bounced`; with lists also its `visitor` and a column for each of them. Filters choose
 * page views; what is said of a session is said of the whole of it.
 */
export function sessionsSql(
  plan: WebPlan,
  periods: readonly Range[],
  lists: readonly SessionList[] | null,
  statement: Statement,
): string {
  const { query } = plan
  const first = Math.min(...periods.map((period) => period.from))
  const asked = { ...query, from: first, to: plan.to, events: [PAGE_VIEW] }
  const scope = {
    ...query,
    filters: [],
    from: first - SESSION_REACH_MS,
    to: plan.to + SESSION_REACH_MS,
    events: null,
  }
  statement.reads(asked)
  const views = periods.map((period) => {
    const chosen = [VIEW, during(period, statement), ...filterConditions(query.filters, statement)]
    return `countIf(${chosen.join(' AND ')})`
  })
  return `SELECT ${lists ? entrySql(query.actor, lists, statement) : ''}
      [${views.join(',\n      ')}] AS chosen,
      ${LENGTH_MS} AS length_ms,
      ${BOUNCED} AS bounced
    FROM events
    WHERE ${statement.apart(() => scopeConditions(scope, statement))} AND ${HAS_SESSION}
    GROUP BY session_id
    HAVING arraySum(chosen) > 0`
}

export const listColumn = (list: SessionList): string => `of_${list}`

// Who came, from where and to which page: as the first page view says; the last one says where it ended.
function entrySql(
  actor: WebPlan['query']['actor'],
  lists: readonly SessionList[],
  statement: Statement,
): string {
  const { id } = actorSql(actor, statement)
  const firsts = lists.filter((list) => list !== 'exit_page')
  const values = firsts.map((list) => valueSql(SESSION_LISTS[list]))
  return [
    `${ofEntry(`tuple(${[id, ...values].join(', ')})`)} AS entry`,
    'entry.1 AS visitor',
    ...firsts.map((list, place) => `entry.${place + 2} AS ${listColumn(list)}`),
    `${ofExit(valueSql('pathname'))} AS ${listColumn('exit_page')}`,
    '',
  ].join(',\n      ')
}

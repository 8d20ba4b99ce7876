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
  SESSION,
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
  return `SELECT ${[
    ...endsSql(query.actor, { lists, withVisitor }, statement),
    `[${views.join(',\n      ')}] AS chosen`,
    `${LENGTH_MS} AS length_ms`,
    `${BOUNCED} AS bounced`,
  ].join(',\n      ')}
    FROM events
    WHERE ${statement.apart(() => scopeConditions(scope, statement))} AND ${HAS_SESSION}
    GROUP BY ${SESSION}
    HAVING arraySum(chosen) > 0`
}

export const listColumn = (list: SessionList): string => `of_${list}`

/** So many values of an entry are found faster each by itself than all of them together. */
const APART = 3

// Who came, from where and to which page: as the first page view says; the last one says where it ended.
function endsSql(
  actor: WebPlan['query']['actor'],
  of: { lists: readonly SessionList[]; withVisitor: boolean },
  statement: Statement,
): string[] {
  const firsts = of.lists.filter((list) => list !== 'exit_page')
  const entries = [
    ...(of.withVisitor ? [{ value: actorSql(actor, statement).id, name: 'visitor' }] : []),
    ...firsts.map((list) => ({ value: valueSql(SESSION_LISTS[list]), name: listColumn(list) })),
  ]
  const exits = of.lists.includes('exit_page')
    ? [`${ofExit(valueSql('pathname'))} AS ${listColumn('exit_page')}`]
    : []
  if (entries.length <= APART) {
    return [...entries.map(({ value, name }) => `${ofEntry(value)} AS ${name}`), ...exits]
  }
  const all = `tuple(${entries.map(({ value }) => value).join(', ')})`
  return [
    `${ofEntry(all)} AS entry`,
    ...entries.map(({ name }, place) => `entry.${place + 1} AS ${name}`),
    ...exits,
  ]
}

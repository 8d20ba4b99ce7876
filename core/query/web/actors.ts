import type { WebOverviewSelection } from '@headwater/schemas/insights/web-overview'
import { actorSql } from '../actor.ts'
import type { Range } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { ActorsSql } from '../insight.ts'
import { scopeConditions } from '../scope.ts'
import { PAGE_VIEW } from '../sessions/definition.ts'
import { Statement } from '../statement.ts'
import type { Period, WebPlan } from './plan.ts'
import { isSessionList, listColumn, type SessionList, sessionsSql } from './sessions-sql.ts'
import { isViewList, rangeOf, VIEW_LISTS, valueSql } from './views-sql.ts'

/** The visitors behind a number. Throws a QueryRefusal when there is no such number. */
export function compileVisitors(plan: WebPlan, selection: WebOverviewSelection): ActorsSql {
  const period = periodOf(plan, selection)
  if (selection.row && isSessionList(selection.row.list)) {
    return visitorsOfSessions(plan, period, {
      list: selection.row.list,
      value: selection.row.value,
    })
  }
  if (selection.bounced) return visitorsOfSessions(plan, period, 'bounced')
  return visitorsOfViews(plan, selection, bucketOf(period, selection))
}

function visitorsOfViews(
  { query, previous, from, to }: WebPlan,
  { row }: WebOverviewSelection,
  range: Range,
): ActorsSql {
  const statement = new Statement(query.project)
  const { id } = actorSql(query.actor, statement)
  // A session is the one that the number was made of, also when only a bucket is looked at.
  if (!row) statement.reads({ ...query, from: previous?.from ?? from, to, events: [PAGE_VIEW] })
  const scope = scopeConditions({ ...query, ...range, events: [PAGE_VIEW] }, statement)
  const conditions = [scope]
  if (row && isViewList(row.list)) {
    conditions.push(
      `${valueSql(VIEW_LISTS[row.list])} = ${statement.add('String', row.value ?? '')}`,
    )
  }
  return {
    statement,
    text: `SELECT DISTINCT ${id} AS actor FROM events WHERE ${conditions.join(' AND ')}`,
  }
}

function visitorsOfSessions(
  plan: WebPlan,
  period: Range,
  which: { list: SessionList; value: string | null } | 'bounced',
): ActorsSql {
  const statement = new Statement(plan.query.project)
  const lists = which === 'bounced' ? [] : [which.list]
  const sessions = sessionsSql(plan, [rangeOf(period)], lists, statement, true)
  const condition =
    which === 'bounced'
      ? 'bounced'
      : `${listColumn(which.list)} = ${statement.add('String', which.value ?? '')}`
  return {
    statement,
    text: `SELECT DISTINCT visitor AS actor FROM (${sessions}) WHERE ${condition}`,
  }
}

function periodOf(plan: WebPlan, { previous }: WebOverviewSelection): Period {
  if (!previous) return plan
  if (plan.previous) return plan.previous
  const message = 'select.previous needs a question that compares'
  throw new QueryRefusal('invalid_query', message, { field: 'select.previous' })
}

function bucketOf({ from, to, starts }: Period, { bucket }: WebOverviewSelection): Range {
  if (bucket === undefined) return { from, to }
  const start = starts[bucket]
  if (start === undefined) {
    const message = `select.bucket must be less than ${starts.length}`
    throw new QueryRefusal('invalid_query', message, { field: 'select.bucket' })
  }
  return { from: Math.max(from, start), to: starts[bucket + 1] ?? to }
}

import {
  type WebOverviewQuery,
  type WebOverviewResult,
  WebOverviewSelection,
} from '@headwater/schemas/insights/web-overview'
import type { ActorsSql, Insight } from '../insight.ts'
import { compileVisitors } from './actors.ts'
import { planWeb, type WebPlan } from './plan.ts'
import {
  compileSessionLists,
  compileSessionTotals,
  isSessionList,
  type SessionListRow,
  type SessionTotalsRow,
} from './sessions-sql.ts'
import { shapeWeb } from './shape.ts'
import {
  compileViewList,
  compileViews,
  compileVitals,
  isViewList,
  type ViewListRow,
  type ViewsRow,
  type VitalsRow,
} from './views-sql.ts'

/** How a website is visited: totals, a series, lists and web vitals, beside the time before. */
export const webOverview: Insight<
  WebOverviewQuery,
  WebPlan,
  WebOverviewResult,
  WebOverviewSelection
> = {
  plan: planWeb,

  // What every overview has comes first, then its lists.
  compile: (plan) => {
    const { lists } = plan.query
    const ofSessions = lists.filter(isSessionList)
    return [
      compileViews(plan),
      compileSessionTotals(plan),
      compileVitals(plan),
      ...lists.filter(isViewList).map((list) => compileViewList(plan, list)),
      ...(ofSessions.length > 0 ? [compileSessionLists(plan, ofSessions)] : []),
    ]
  },

  shape(plan, [views, sessions, vitals, ...lists]) {
    const viewLists = plan.query.lists.filter(isViewList)
    return shapeWeb(plan, {
      views: views as ViewsRow[],
      sessions: sessions as SessionTotalsRow[],
      vitals: vitals as VitalsRow[],
      viewLists: new Map(viewLists.map((list, place) => [list, lists[place] as ViewListRow[]])),
      sessionLists: (lists[viewLists.length] ?? []) as SessionListRow[],
    })
  },

  selection: WebOverviewSelection,

  actors: (plan, selection): ActorsSql => compileVisitors(plan, selection),
}

import {
  type WebOverviewQuery,
  type WebOverviewResult,
  WebOverviewSelection,
} from '@headwater/schemas/insights/web-overview'
import type { ActorsSql, Insight } from '../insight.ts'
import { compileVisitors } from './actors.ts'
import { planWeb, type WebPlan } from './plan.ts'
import { compileSessions, isSessionList, type SessionsRow } from './sessions-sql.ts'
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
    return [
      compileViews(plan),
      compileVitals(plan),
      ...lists.filter(isViewList).map((list) => compileViewList(plan, list)),
      ...compileSessions(plan, lists.filter(isSessionList)),
    ]
  },

  shape(plan, [views, vitals, ...rest]) {
    const viewLists = plan.query.lists.filter(isViewList)
    return shapeWeb(plan, {
      views: views as ViewsRow[],
      sessions: rest.slice(viewLists.length).flat() as SessionsRow[],
      vitals: vitals as VitalsRow[],
      viewLists: new Map(viewLists.map((list, place) => [list, rest[place] as ViewListRow[]])),
    })
  },

  selection: WebOverviewSelection,

  actors: (plan, selection): ActorsSql => compileVisitors(plan, selection),
}

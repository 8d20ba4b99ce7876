import type { InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import type { Insight, Insights } from './insight.ts'
import { retention } from './retention/retention.ts'
import { lifecycle } from './lifecycle/lifecycle.ts'
import { paths } from './paths/paths.ts'
import { stickiness } from './stickiness/stickiness.ts'
import { trends } from './trends/trends.ts'
import { webOverview } from './web/web-overview.ts'

/** Every kind of insight that can be asked for. */
export const INSIGHTS: Insights = {
  paths,
  lifecycle,
  retention,
  stickiness,
  trends,
  web_overview: webOverview,
}

export const insightOf = (
  query: InsightQuery,
): Insight<InsightQuery, unknown, InsightResult, unknown> =>
  INSIGHTS[query.kind] as unknown as Insight<InsightQuery, unknown, InsightResult, unknown>

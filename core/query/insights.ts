import type { InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import { settleCohorts } from './cohort/settle.ts'
import { funnel } from './funnel/funnel.ts'
import { funnelCorrelation } from './funnel/funnel-correlation.ts'
import { funnelTime } from './funnel/funnel-time.ts'
import { funnelTrend } from './funnel/funnel-trend.ts'
import type { Insight, Insights } from './insight.ts'
import { lifecycle } from './lifecycle/lifecycle.ts'
import { paths } from './paths/paths.ts'
import { retention } from './retention/retention.ts'
import { stickiness } from './stickiness/stickiness.ts'
import { trends } from './trends/trends.ts'
import { webOverview } from './web/web-overview.ts'

/** Every kind of insight that can be asked for. */
export const INSIGHTS: Insights = {
  paths,
  lifecycle,
  funnel,
  funnel_correlation: funnelCorrelation,
  funnel_time: funnelTime,
  funnel_trend: funnelTrend,
  retention,
  stickiness,
  trends,
  web_overview: webOverview,
}

/** The insight of a question; its plan takes the question as it was asked. */
export function insightOf(
  query: InsightQuery,
): Insight<InsightQuery, unknown, InsightResult, unknown> {
  const insight = INSIGHTS[query.kind] as unknown as Insight<
    InsightQuery,
    unknown,
    InsightResult,
    unknown
  >
  return {
    ...insight,
    plan: (asked, moment) => insight.plan(settleCohorts(asked, moment.now), moment),
  }
}

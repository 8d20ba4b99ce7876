import type { InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import type { Insight, Insights } from './insight.ts'
import { stickiness } from './stickiness/stickiness.ts'

/** Every kind of insight that can be asked for. */
export const INSIGHTS: Insights = { stickiness }

export const insightOf = (
  query: InsightQuery,
): Insight<InsightQuery, unknown, InsightResult, unknown> =>
  INSIGHTS[query.kind] as unknown as Insight<InsightQuery, unknown, InsightResult, unknown>

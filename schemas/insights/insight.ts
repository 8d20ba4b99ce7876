// Every insight in one JSON type, told apart by `kind`: a line here for each.
import { z } from '@hono/zod-openapi'
import { FunnelInsightQuery, FunnelInsightResult } from './funnel.ts'
import { FunnelCorrelationQuery, FunnelCorrelationResult } from './funnel-correlation.ts'
import { FunnelTimeQuery, FunnelTimeResult } from './funnel-time.ts'
import { FunnelTrendQuery, FunnelTrendResult } from './funnel-trend.ts'
import { LifecycleQuery, LifecycleResult } from './lifecycle.ts'
import { PathsQuery, PathsResult } from './paths.ts'
import type { Settled } from './question.ts'
import { RetentionQuery, RetentionResult } from './retention.ts'
import { StickinessQuery, StickinessResult } from './stickiness.ts'
import { TrendsQuery, TrendsResult } from './trends.ts'
import { WebOverviewQuery, WebOverviewResult } from './web-overview.ts'

export const InsightQuery = z
  .discriminatedUnion('kind', [
    PathsQuery,
    LifecycleQuery,
    FunnelInsightQuery,
    FunnelCorrelationQuery,
    FunnelTimeQuery,
    FunnelTrendQuery,
    RetentionQuery,
    StickinessQuery,
    TrendsQuery,
    WebOverviewQuery,
  ])
  .openapi('InsightQuery')
/** As it is asked and saved. */
export type AskedInsight = z.infer<typeof InsightQuery>
/** As a client writes it: what has a default may be left out. */
export type InsightInput = z.input<typeof InsightQuery>
/** As it is planned. */
export type InsightQuery = Settled<AskedInsight>
export type InsightKind = InsightQuery['kind']

export const InsightResult = z
  .discriminatedUnion('kind', [
    PathsResult,
    LifecycleResult,
    FunnelInsightResult,
    FunnelCorrelationResult,
    FunnelTimeResult,
    FunnelTrendResult,
    RetentionResult,
    StickinessResult,
    TrendsResult,
    WebOverviewResult,
  ])
  .openapi('InsightResult')
export type InsightResult = z.infer<typeof InsightResult>

import type { InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import type { FreshnessReading } from '../consumer/freshness.ts'
import { planInsight } from '../query/insight-api.ts'
import type { QueryRunner } from '../query/run.ts'
import { settledFacts } from '../query/settle.ts'
import { askingWith, askPlan } from '../query/whole-plan.ts'
import type { QueryStore } from '../store/store.ts'

/** Answers a question as it would have been at a moment: its relative dates end there. */
export type AskAsOf = (
  query: InsightQuery,
  asOf: number,
  freshness: FreshnessReading,
) => Promise<InsightResult>

export interface AskDeps {
  runner: QueryRunner
  store: QueryStore
  timeoutMs: number
  /** Gives up every question. @default never */
  signal?: AbortSignal
}

export const askAsOf =
  ({ runner, store, timeoutMs, signal }: AskDeps): AskAsOf =>
  async (query, asOf, freshness) => {
    const { kind, project } = query
    const ask = askingWith(runner, { kind, project, freshness, signal })
    const moment = { now: asOf, completeUntil: freshness.complete_until }
    const { insight, planned } = await planInsight(query, moment, { store, timeoutMs })
    const { plan, rows, facts } = await askPlan(insight, planned, ask)
    return {
      kind,
      ...insight.shape(plan, rows),
      ...facts,
      ...settledFacts(query),
    } as InsightResult
  }

import type { InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import type { FreshnessReading } from '../consumer/freshness.ts'
import { firstEventAt } from '../query/insight-api.ts'
import { insightOf } from '../query/insights.ts'
import { type QueryRunner, questionOf } from '../query/run.ts'
import { settledFacts } from '../query/settle.ts'
import { wholePlan, withRounds } from '../query/whole-plan.ts'
import type { Query, QueryStore } from '../store/store.ts'

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
    const insight = insightOf(query)
    const ask = (statements: readonly Query[]) =>
      runner.askAll(
        statements.map((statement) => questionOf(kind, project, statement, signal)),
        freshness,
      )
    const planned = insight.plan(query, {
      now: asOf,
      completeUntil: freshness.complete_until,
      firstEventAt:
        query.date_from === 'all' ? await firstEventAt(project, { store, timeoutMs }) : null,
    })
    const { plan, facts: earlier } = await wholePlan(insight, planned, ask)
    const { rows, facts } = await ask(insight.compile(plan))
    return {
      kind,
      ...insight.shape(plan, rows),
      ...withRounds(facts, earlier),
      ...settledFacts(query),
    } as InsightResult
  }

import type { InsightQuery } from '@headwater/schemas/insights/insight'
import { QueryRefusal } from '../errors.ts'
import { insightOf } from '../insights.ts'
import { wholePlan } from '../whole-plan.ts'

const NO_FACTS = { complete_until: null, duration_ms: 0, from_cache: false }

/**
 * The answer to a question about a project in which nothing ever happened; no store is asked. Null when
 * the answer is made of rows that are always there. Throws what the question is refused with.
 */
export async function emptyAnswer(query: InsightQuery, now: number): Promise<object | null> {
  const insight = insightOf(query)
  const planned = insight.plan(query, { now, completeUntil: now, firstEventAt: null })
  try {
    const { plan } = await wholePlan(insight, planned, async (statements) => ({
      rows: statements.map(() => []),
      facts: NO_FACTS,
    }))
    return insight.shape(
      plan,
      insight.compile(plan).map(() => []),
    )
  } catch (error) {
    if (error instanceof QueryRefusal) throw error
    return null
  }
}

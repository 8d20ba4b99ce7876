import type { InsightQuery } from '@headwater/schemas/insights/insight'
import { QueryRefusal } from '../errors.ts'
import { insightOf } from '../insights.ts'
import { askNothing } from '../whole-plan.ts'

/**
 * The answer to a question about a project in which nothing ever happened; no store is asked. Null when
 * the answer is made of rows that are always there. Throws what the question is refused with.
 */
export async function emptyAnswer(query: InsightQuery, now: number): Promise<object | null> {
  const insight = insightOf(query)
  const planned = insight.plan(query, { now, completeUntil: now, firstEventAt: null })
  try {
    const { plan, rows } = await askNothing(insight, planned)
    return insight.shape(plan, rows)
  } catch (error) {
    if (error instanceof QueryRefusal) throw error
    return null
  }
}

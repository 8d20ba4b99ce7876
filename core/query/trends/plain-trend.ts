// GET /api/trends: one series and one breakdown, asked in the words of a URL.
import type { TrendQuery, TrendResult } from '@headwater/schemas/insight'
import type { Settled } from '@headwater/schemas/insights/question'
import { type TrendsLine, TrendsQuery } from '@headwater/schemas/insights/trends'
import type { z } from '@hono/zod-openapi'
import { QueryRefusal } from '../errors.ts'
import type { RunFacts } from '../run.ts'
import { type AskAll, askPlan } from '../whole-plan.ts'
import { trends } from './trends.ts'

export interface AnsweredTrend {
  answer: Omit<TrendResult, keyof RunFacts | keyof Settled<object>>
  /** How many rows it was made of. */
  rows: number
  facts: RunFacts
}

/**
 * @param question That of insightOfTrend, settled.
 * @param ask Asks the store. Rejects with a QueryRefusal.
 */
export async function answerTrend(
  { event, interval, measure }: TrendQuery,
  question: TrendsQuery,
  now: number,
  ask: AskAll,
): Promise<AnsweredTrend> {
  const planned = trends.plan(question, { now, completeUntil: null, firstEventAt: null })
  const { plan, rows, rowCount, facts } = await askPlan(trends, planned, ask).catch(
    (error: unknown) => {
      throw inWordsOfUrl(error)
    },
  )
  const { buckets, series } = trends.shape(plan, rows)
  return {
    answer: {
      buckets,
      interval,
      measure,
      series: series.map((line) => lineOf(event, line)),
    },
    rows: rowCount,
    facts,
  }
}

/** The insight that is asked for. */
export function insightOfTrend({
  event,
  measure,
  breakdown,
  ...rest
}: TrendQuery): z.infer<typeof TrendsQuery> {
  return TrendsQuery.parse({
    kind: 'trends',
    ...rest,
    series: [{ event, measure }],
    breakdowns: breakdown === undefined ? [] : [{ property: breakdown }],
  })
}

const lineOf = (event: string, { breakdown, values, total }: TrendsLine) => ({
  event,
  breakdown: breakdown && { kind: breakdown.kind, value: breakdown.values[0] ?? '' },
  values: values.map(Number),
  total: Number(total),
})

function inWordsOfUrl(error: unknown): unknown {
  if (!(error instanceof QueryRefusal) || !error.field?.startsWith('breakdowns.')) return error
  return new QueryRefusal(error.code, error.message, { field: 'breakdown' })
}

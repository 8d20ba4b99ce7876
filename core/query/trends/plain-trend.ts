// GET /api/trends: one series and one breakdown, asked in the words of a URL.
import type { TrendQuery, TrendResult } from '@headwater/schemas/insight'
import { type TrendsLine, TrendsQuery } from '@headwater/schemas/insights/trends'
import type { Query } from '../../store/store.ts'
import { QueryRefusal } from '../errors.ts'
import type { RunFacts } from '../run.ts'
import { wholePlan, withRounds } from '../whole-plan.ts'
import { trends } from './trends.ts'

export interface AnsweredTrend {
  answer: Omit<TrendResult, 'complete_until' | 'duration_ms' | 'from_cache'>
  /** How many rows it was made of. */
  rows: number
  facts: RunFacts
}

/** @param ask Asks the store. Rejects with a QueryRefusal. */
export async function answerTrend(
  query: TrendQuery,
  now: number,
  ask: (statements: readonly Query[]) => Promise<{ rows: unknown[][]; facts: RunFacts }>,
): Promise<AnsweredTrend> {
  const planned = trends.plan(questionOf(query), { now, completeUntil: null, firstEventAt: null })
  const whole = await wholePlan(trends, planned, ask).catch((error: unknown) => {
    throw inWordsOfUrl(error)
  })
  const { rows, facts } = await ask(trends.compile(whole.plan))
  const { buckets, series } = trends.shape(whole.plan, rows)
  const { event, interval, time_zone, measure } = query
  return {
    answer: {
      buckets,
      interval,
      time_zone,
      measure,
      series: series.map((line) => lineOf(event, line)),
    },
    rows: rows.flat().length,
    facts: withRounds(facts, whole.facts),
  }
}

function questionOf({ event, measure, breakdown, ...rest }: TrendQuery): TrendsQuery {
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

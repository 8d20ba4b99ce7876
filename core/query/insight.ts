import type { InsightKind, InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import type { Settled } from '@headwater/schemas/insights/question'
import type { z } from '@hono/zod-openapi'
import type { Query } from '../store/store.ts'
import type { Statement } from './statement.ts'

/** What a plan depends on besides the question. */
export interface Moment {
  /** ms since 1970. */
  now: number
  /** Up to when everything received is in the store, ms; null while nothing was ever received. */
  completeUntil: number | null
  /** When the project's first event happened, ms; null when it has none or the question does not need it. */
  firstEventAt: number | null
}

/** What is computed; the rest of a result is told by how it was asked. */
export type Answer<Result extends InsightResult> = Omit<
  Result,
  'kind' | 'complete_until' | 'duration_ms' | 'from_cache' | 'sql' | keyof Settled<object>
>

/** One kind of insight, as the stages of its answer. All of them are pure. */
export interface Insight<Q extends InsightQuery, Plan, Result extends InsightResult, Selection> {
  /** Decides dates, buckets and whatever else needs no store. Throws a QueryRefusal. */
  plan(query: Q, moment: Moment): Plan
  /** What must be asked before the statements can be written; none once the plan knows it. @default none */
  unknowns?(plan: Plan): Query[]
  /** The plan with that. */
  learn?(plan: Plan, rows: readonly unknown[][]): Plan
  /** The statements whose rows make the answer; each is asked, and kept, by itself. */
  compile(plan: Plan): Query[]
  /** @param rows The rows of each statement, in order. */
  shape(plan: Plan, rows: readonly unknown[][]): Answer<Result>
  /** What points at one number of the answer. */
  selection: z.ZodType<Selection>
  /** Who is behind that number. Throws a QueryRefusal that names a field of the selection. */
  actors(plan: Plan, selection: Selection): ActorsSql
}

/** A SELECT of the column `actor`, each actor once, and the statement that holds its values. */
export interface ActorsSql {
  statement: Statement
  text: string
}

/** The insight of each kind. */
export type Insights = {
  [Kind in InsightKind]: Insight<
    Extract<InsightQuery, { kind: Kind }>,
    // biome-ignore lint/suspicious/noExplicitAny: what lies between the stages is theirs alone
    any,
    Extract<InsightResult, { kind: Kind }>,
    // biome-ignore lint/suspicious/noExplicitAny: as above
    any
  >
}

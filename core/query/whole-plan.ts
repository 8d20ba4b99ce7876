import type { Query } from '../store/store.ts'
import type { Insight } from './insight.ts'
import type { RunFacts } from './run.ts'

/** A plan that knows all that it needs, and what was asked for it. */
export interface WholePlan<Plan> {
  plan: Plan
  statements: Query[]
  /** Of each round of statements. */
  facts: RunFacts[]
}

/** Asks for what a plan does not know, until it knows all. */
export async function wholePlan<Plan>(
  // biome-ignore lint/suspicious/noExplicitAny: of whichever kind
  insight: Pick<Insight<any, Plan, any, any>, 'unknowns' | 'learn'>,
  plan: Plan,
  ask: AskAll,
): Promise<WholePlan<Plan>> {
  const whole: WholePlan<Plan> = { plan, statements: [], facts: [] }
  for (;;) {
    const unknowns = insight.unknowns?.(whole.plan) ?? []
    if (unknowns.length === 0 || !insight.learn) return whole
    const { rows, facts } = await ask(unknowns)
    whole.plan = insight.learn(whole.plan, rows)
    whole.statements.push(...unknowns)
    whole.facts.push(facts)
  }
}

/** Rows of statements, in order. */
export type AskAll = (
  statements: readonly Query[],
) => Promise<{ rows: unknown[][]; facts: RunFacts }>

/** Facts of an answer that took several rounds: their times add up. */
export const withRounds = (last: RunFacts, earlier: readonly RunFacts[]): RunFacts => ({
  ...last,
  duration_ms: earlier.reduce((sum, { duration_ms }) => sum + duration_ms, last.duration_ms),
  from_cache: earlier.every(({ from_cache }) => from_cache) && last.from_cache,
})

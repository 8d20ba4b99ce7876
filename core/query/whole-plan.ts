import type { FreshnessReading } from '../consumer/freshness.ts'
import type { Query } from '../store/store.ts'
import type { Insight } from './insight.ts'
import { type QueryRunner, questionOf, type RunFacts } from './run.ts'
import type { TotalProgress } from './total-progress.ts'

/** The stages of an insight that lead to its rows. */
// biome-ignore lint/suspicious/noExplicitAny: of whichever kind
type Planning<Plan> = Pick<Insight<any, Plan, any, any>, 'unknowns' | 'learn' | 'compile'>

/** A plan that knows all that it needs, and what was asked for it. */
export interface WholePlan<Plan> {
  plan: Plan
  statements: Query[]
  /** Of each round of statements. */
  facts: RunFacts[]
}

/** The rows of an answer, and all that was asked for it. */
export interface AskedPlan<Plan> {
  plan: Plan
  /** Of each statement of the answer, in order. */
  rows: unknown[][]
  /** How many rows all rounds had. */
  rowCount: number
  statements: Query[]
  facts: RunFacts
}

/** What statements are asked for: for what a plan does not know yet, or for the answer. */
export type Round = 'plan' | 'answer'

/** Rows of statements, in order. */
export type AskAll = (
  statements: readonly Query[],
  round: Round,
) => Promise<{ rows: unknown[][]; facts: RunFacts }>

/** A question whose statements are asked. */
export interface Asking {
  kind: string
  project: string
  /** Read before anything is asked. */
  freshness: FreshnessReading
  /** Gives up. @default never */
  signal?: AbortSignal | undefined
  /** Told how far the store is. @default nobody */
  total?: TotalProgress | undefined
}

/** How a question asks for its statements: each round at once. */
export const askingWith =
  (runner: QueryRunner, { kind, project, freshness, signal, total }: Asking): AskAll =>
  (statements, round) => {
    const told = total?.begin(statements.length, round)
    const questions = statements.map((statement, place) => ({
      ...questionOf(kind, project, statement, signal),
      onProgress: told?.[place],
    }))
    return runner.askAll(questions, freshness)
  }

/** Asks for what a plan does not know, until it knows all. */
export async function wholePlan<Plan>(
  insight: Pick<Planning<Plan>, 'unknowns' | 'learn'>,
  plan: Plan,
  ask: AskAll,
): Promise<WholePlan<Plan>> {
  const whole: WholePlan<Plan> = { plan, statements: [], facts: [] }
  for (;;) {
    const unknowns = insight.unknowns?.(whole.plan) ?? []
    if (unknowns.length === 0 || !insight.learn) return whole
    const { rows, facts } = await ask(unknowns, 'plan')
    whole.plan = insight.learn(whole.plan, rows)
    whole.statements.push(...unknowns)
    whole.facts.push(facts)
  }
}

/** Makes a plan whole, and asks for the rows of its answer. */
export async function askPlan<Plan>(
  insight: Planning<Plan>,
  planned: Plan,
  ask: AskAll,
): Promise<AskedPlan<Plan>> {
  let rowCount = 0
  const counted: AskAll = async (statements, round) => {
    const asked = await ask(statements, round)
    rowCount += asked.rows.reduce((sum, some) => sum + some.length, 0)
    return asked
  }
  const whole = await wholePlan(insight, planned, counted)
  const statements = insight.compile(whole.plan)
  const { rows, facts } = await counted(statements, 'answer')
  return {
    plan: whole.plan,
    rows,
    rowCount,
    statements: [...whole.statements, ...statements],
    facts: withRounds(facts, whole.facts),
  }
}

/** The same of a store in which nothing ever happened; none is asked. Throws what is refused, whatever a store knows. */
export const askNothing = <Plan>(
  insight: Planning<Plan>,
  planned: Plan,
): Promise<AskedPlan<Plan>> =>
  askPlan(insight, planned, async (statements) => ({
    rows: statements.map(() => []),
    facts: { complete_until: null, duration_ms: 0, from_cache: false },
  }))

/** Facts of an answer that took several rounds: their times add up. */
export const withRounds = (last: RunFacts, earlier: readonly RunFacts[]): RunFacts => ({
  ...last,
  duration_ms: earlier.reduce((sum, { duration_ms }) => sum + duration_ms, last.duration_ms),
  from_cache: earlier.every(({ from_cache }) => from_cache) && last.from_cache,
})

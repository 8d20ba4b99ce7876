import type { Query } from '../store/store.ts'
import type { Ask } from './persons/properties.ts'
import { type QueryRunner, questionOf, type RunFacts } from './run.ts'
import { withRounds } from './whole-plan.ts'

export interface RoundsDeps {
  runner: QueryRunner
  requireProject(id: string): Promise<void>
  /** Told of every answer. */
  tell(insight: string, project: string, rows: number, facts: RunFacts): void
}

/** Makes an answer of several statements: it was kept, and is complete, as the oldest of them. */
export async function answerInRounds<Result>(
  { name, project, signal }: { name: string; project: string; signal: AbortSignal },
  make: (ask: Ask) => Promise<{ result: Result; rows: number }>,
  { runner, requireProject, tell }: RoundsDeps,
): Promise<Result & RunFacts> {
  await requireProject(project)
  const freshness = await runner.freshness()
  const facts: RunFacts[] = []
  const ask = async <Row>(query: Query): Promise<Row[]> => {
    const asked = await runner.ask<Row>(questionOf(name, project, query, signal), freshness)
    facts.push(asked.facts)
    return asked.rows
  }
  const { result, rows } = await make(ask)
  const [last = NOTHING_ASKED, ...earlier] = facts.toReversed()
  const all = withRounds(last, earlier)
  tell(name, project, rows, all)
  return { ...result, ...all }
}

const NOTHING_ASKED: RunFacts = { complete_until: null, duration_ms: 0, from_cache: false }

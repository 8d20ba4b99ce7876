import type { Query } from '../store/store.ts'
import type { Ask } from './persons/properties.ts'
import type { QueryRunner, RunFacts } from './run.ts'

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
  let facts: RunFacts | null = null
  const ask = async <Row>(query: Query): Promise<Row[]> => {
    const key = `${name} ${JSON.stringify(query)}`
    const asked = await runner.ask<Row>({ project, key, query, signal }, freshness)
    facts = facts === null ? asked.facts : together(facts, asked.facts)
    return asked.rows
  }
  const { result, rows } = await make(ask)
  const all = facts ?? { complete_until: null, duration_ms: 0, from_cache: false }
  tell(name, project, rows, all)
  return { ...result, ...all }
}

const together = (a: RunFacts, b: RunFacts): RunFacts => ({
  complete_until: a.complete_until,
  duration_ms: a.duration_ms + b.duration_ms,
  from_cache: a.from_cache && b.from_cache,
})

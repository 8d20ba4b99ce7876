import type { FreshnessReading, FreshnessSource } from '../consumer/freshness.ts'
import type { Clock } from '../shared/clock.ts'
import type { Query, QueryStore } from '../store/store.ts'
import { AnswerCache } from './answer-cache.ts'
import { SharedRuns } from './shared-runs.ts'

export interface RunDeps {
  store: QueryStore
  freshness: FreshnessSource
  clock: Clock
  /** The store gives up a question after this long. */
  timeoutMs: number
}

/** One answered question, for metrics and tests. */
export interface RunFacts {
  complete_until: string | null
  duration_ms: number
  from_cache: boolean
}

export interface Question<Row> {
  /** Same key, same question: holds everything that the answer depends on, but for the data. */
  key: string
  query: Query
  signal?: AbortSignal | undefined
  /** Only for its type. */
  row?: Row
}

interface Answer {
  rows: unknown[]
  durationMs: number
}

/** The one impure line of a query: asks the store, or knows the answer already. */
export class QueryRunner {
  readonly #deps: RunDeps
  readonly #cache = new AnswerCache<Answer>()
  readonly #runs = new SharedRuns<Answer>()

  constructor(deps: RunDeps) {
    this.#deps = deps
  }

  /** How far the store is complete. Must be read before the question is asked. */
  freshness(): Promise<FreshnessReading> {
    return this.#deps.freshness.read()
  }

  /** The rows, kept until anything is inserted. Identical questions at one time run once. */
  async ask<Row>(
    { key, query, signal }: Question<Row>,
    freshness: FreshnessReading,
  ): Promise<{ rows: Row[]; facts: RunFacts }> {
    const complete_until =
      freshness.complete_until === null ? null : new Date(freshness.complete_until).toISOString()
    // Read before the rows: what is inserted meanwhile makes the kept answer look old, never new.
    const version = await this.#deps.store.dataVersion()
    const versioned = `${version} ${key}`
    const kept = this.#cache.get(versioned)
    const run = (stop: AbortSignal) => this.#run(versioned, query, stop)
    const answer = kept ?? (await this.#runs.join(versioned, run, signal))
    const duration_ms = kept ? 0 : answer.durationMs
    const facts = { complete_until, duration_ms, from_cache: kept !== undefined }
    return { rows: answer.rows as Row[], facts }
  }

  async #run(key: string, query: Query, signal: AbortSignal): Promise<Answer> {
    const started = performance.now()
    const rows = await this.#deps.store.query(query, { timeoutMs: this.#deps.timeoutMs, signal })
    const answer = { rows, durationMs: Math.round((performance.now() - started) * 10) / 10 }
    // Kept before the run ends: who asks in the next moment finds either the run or the answer.
    this.#cache.set(key, answer, rows.length + 1)
    return answer
  }
}

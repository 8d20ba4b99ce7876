import type { FreshnessReading, FreshnessSource } from '../consumer/freshness.ts'
import type { Progress, Query, QueryStore } from '../store/store.ts'
import { askerRole } from './access/admission.ts'
import { answerKey } from './answer-key.ts'
import type { CacheLevels } from './cache-levels.ts'
import { type GateOptions, ProjectGate } from './project-gate.ts'
import { SharedRuns } from './shared-runs.ts'

export interface RunDeps {
  store: QueryStore
  freshness: FreshnessSource
  cache: CacheLevels
  /** The store gives up a question after this long. */
  timeoutMs: number
  /** How much one project may ask at one time. */
  gate?: GateOptions
}

/** One answered question, for metrics and tests. */
export interface RunFacts {
  complete_until: string | null
  duration_ms: number
  from_cache: boolean
}

export interface Question<Row> {
  project: string
  /** Same key, same question: holds everything that the answer depends on, but for the data. */
  key: string
  query: Query
  signal?: AbortSignal | undefined
  /** Told now and then how far the store is, while it works. */
  onProgress?: ((progress: Progress) => void) | undefined
  /** Only for its type. */
  row?: Row
}

/** A statement as a question: it and its values are all that an answer depends on, but for the data. */
export const questionOf = (
  insight: string,
  project: string,
  query: Query,
  signal?: AbortSignal | undefined,
) => ({ project, key: `${insight} ${JSON.stringify(query)}`, query, signal })

interface Answer {
  rows: unknown[]
  durationMs: number
  fromCache: boolean
}

/** The one impure line of a query: asks the store, or knows the answer already. */
export class QueryRunner {
  readonly #deps: RunDeps
  readonly #gate: ProjectGate
  readonly #runs = new SharedRuns<Answer, Progress>()

  constructor(deps: RunDeps) {
    this.#deps = deps
    this.#gate = new ProjectGate(deps.gate)
  }

  /** How far the store is complete. Must be read before the question is asked. */
  freshness(): Promise<FreshnessReading> {
    return this.#deps.freshness.read()
  }

  /** The rows, kept until anything is inserted. Identical questions at one time run once. */
  async ask<Row>(
    question: Question<Row>,
    freshness: FreshnessReading,
  ): Promise<{ rows: Row[]; facts: RunFacts }> {
    return this.#join(question, freshness, await this.#deps.store.dataVersion())
  }

  /** The rows of several statements of one question, in order. */
  async askAll(
    questions: readonly Question<unknown>[],
    freshness: FreshnessReading,
  ): Promise<{ rows: unknown[][]; facts: RunFacts }> {
    const version = questions.length > 0 ? await this.#deps.store.dataVersion() : ''
    const answers = await Promise.all(
      questions.map((question) => this.#join(question, freshness, version)),
    )
    const facts = answers.map((answer) => answer.facts)
    return {
      rows: answers.map((answer) => answer.rows),
      facts: {
        complete_until: isoOrNull(freshness.complete_until),
        duration_ms: Math.max(0, ...facts.map(({ duration_ms }) => duration_ms)),
        from_cache: facts.every(({ from_cache }) => from_cache),
      },
    }
  }

  // The version was read before the rows: what is inserted meanwhile makes the kept answer look old, never new.
  async #join<Row>(
    { project, key, query, signal, onProgress }: Question<Row>,
    freshness: FreshnessReading,
    version: string,
  ): Promise<{ rows: Row[]; facts: RunFacts }> {
    const versioned = answerKey({ project, role: askerRole(), version, question: key })
    const run = (stop: AbortSignal, tell: (progress: Progress) => void) =>
      this.#run(project, versioned, query, stop, tell)
    const { rows, durationMs, fromCache } = await this.#runs.join(versioned, run, {
      signal,
      onProgress,
    })
    const complete_until = isoOrNull(freshness.complete_until)
    const facts = { complete_until, duration_ms: durationMs, from_cache: fromCache }
    return { rows: rows as Row[], facts }
  }

  // Looks up, asks and keeps in one run: who asks meanwhile joins it, who asks after it finds the answer.
  async #run(
    project: string,
    key: string,
    query: Query,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Answer> {
    const { cache, store, timeoutMs } = this.#deps
    const kept = await cache.get(key)
    if (kept) return { rows: kept, durationMs: 0, fromCache: true }
    const ask = async (): Promise<Answer> => {
      signal.throwIfAborted()
      const started = performance.now()
      const rows = await store.query(query, { timeoutMs, signal, onProgress })
      const durationMs = Math.round((performance.now() - started) * 10) / 10
      return { rows, durationMs, fromCache: false }
    }
    const answer = await this.#gate.run(project, ask, signal)
    await cache.set(key, answer.rows)
    return answer
  }
}

const isoOrNull = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString()

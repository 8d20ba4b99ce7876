import type { AnswerCache } from './answer-cache.ts'
import type { QueryMetrics } from './metrics.ts'

/** Counts of what each level knew. */
export type CacheMetrics = Pick<QueryMetrics, 'cacheAsked' | 'cacheFailed'>

/** Several caches, the nearest first. What fails in one of them is counted, and otherwise a miss. */
export class CacheLevels {
  readonly #levels: readonly AnswerCache[]
  readonly #metrics: CacheMetrics

  constructor(levels: readonly AnswerCache[], metrics: CacheMetrics) {
    this.#levels = levels
    this.#metrics = metrics
  }

  /** Never rejects. What a farther level knows, the nearer ones know from then on. */
  async get(key: string): Promise<unknown[] | undefined> {
    for (const [i, level] of this.#levels.entries()) {
      const rows = await this.#ask(level, key)
      if (!rows) continue
      await Promise.all(this.#levels.slice(0, i).map((nearer) => this.#keep(nearer, key, rows)))
      return rows
    }
    return undefined
  }

  /** Never rejects. Resolves when the nearest level keeps it; no answer waits for the others. */
  async set(key: string, rows: unknown[]): Promise<void> {
    const [nearest, ...others] = this.#levels.map((level) => this.#keep(level, key, rows))
    void Promise.all(others)
    await nearest
  }

  async #ask(level: AnswerCache, key: string): Promise<unknown[] | undefined> {
    try {
      const rows = await level.get(key)
      this.#metrics.cacheAsked(level.level, rows ? 'hit' : 'miss')
      return rows
    } catch {
      this.#metrics.cacheAsked(level.level, 'error')
      return undefined
    }
  }

  async #keep(level: AnswerCache, key: string, rows: unknown[]): Promise<void> {
    await level.set(key, rows).catch(() => this.#metrics.cacheFailed(level.level))
  }
}

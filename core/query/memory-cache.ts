import type { AnswerCache } from './answer-cache.ts'

const DEFAULT_MAX_ROWS = 500_000

/** Keeps the answers asked for last in this process, up to a number of rows. */
export class MemoryCache implements AnswerCache {
  readonly level = 'memory'
  readonly #answers = new Map<string, unknown[]>()
  readonly #maxRows: number
  #weight = 0

  /** @param maxRows Rows kept; an answer counts as one more than it has. @default 500_000 */
  constructor(maxRows = DEFAULT_MAX_ROWS) {
    this.#maxRows = maxRows
  }

  async get(key: string): Promise<unknown[] | undefined> {
    const rows = this.#answers.get(key)
    if (!rows) return undefined
    // A Map keeps the order of insertion: the oldest use comes first.
    this.#answers.delete(key)
    this.#answers.set(key, rows)
    return rows
  }

  async set(key: string, rows: unknown[]): Promise<void> {
    this.#remove(key)
    if (weightOf(rows) > this.#maxRows) return
    this.#answers.set(key, rows)
    this.#weight += weightOf(rows)
    for (const oldest of this.#answers.keys()) {
      if (this.#weight <= this.#maxRows) break
      this.#remove(oldest)
    }
  }

  #remove(key: string): void {
    const rows = this.#answers.get(key)
    if (!rows) return
    this.#weight -= weightOf(rows)
    this.#answers.delete(key)
  }
}

const weightOf = (rows: unknown[]): number => rows.length + 1

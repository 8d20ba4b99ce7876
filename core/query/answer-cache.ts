/**
 * Where the rows of answers are kept, under keys that hold everything they depend on (`answerKey`). What
 * is kept may be forgotten at any time: without it questions are slower, never wrong.
 */
export interface AnswerCache {
  /** What it is counted under. */
  readonly level: 'memory' | 'redis'
  /** Undefined when it is not kept, or cannot be believed. Rejects soon when that cannot be told. */
  get(key: string): Promise<unknown[] | undefined>
  /** Resolves when it is kept, or is too big to be. Rejects when that failed. */
  set(key: string, rows: unknown[]): Promise<void>
}

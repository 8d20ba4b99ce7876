import { StoreError } from './store.ts'

/** Runs tasks one after the other. One that is aborted or too late while it waits never starts. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve()

  /**
   * Resolves with the task's result. Rejects with the signal's reason when aborted before the start,
   * and as unavailable when `startBefore` (ms since 1970) passed.
   */
  run<T>(task: () => Promise<T>, options: WaitOptions = {}): Promise<T> {
    const { signal, startBefore = Number.POSITIVE_INFINITY } = options
    const result = this.#tail.then(() => {
      signal?.throwIfAborted()
      if (Date.now() >= startBefore) {
        throw new StoreError('unavailable', 'the store was busy with earlier queries')
      }
      return task()
    })
    this.#tail = result.catch(() => {})
    return result
  }

  /** Resolves when everything queued so far has ended. */
  async idle(): Promise<void> {
    await this.#tail
  }
}

export interface WaitOptions {
  signal?: AbortSignal | undefined
  startBefore?: number
}

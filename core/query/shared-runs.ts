export interface JoinOptions<P> {
  /** Who goes away. */
  signal?: AbortSignal | undefined
  /** Told whatever the run tells from now on. */
  onProgress?: ((progress: P) => void) | undefined
}

type Start<T, P> = (signal: AbortSignal, tell: (progress: P) => void) => Promise<T>

/** Work that several callers want at once, done once. It stops when the last of them has gone away. */
export class SharedRuns<T, P = never> {
  #runs = new Map<string, Run<T, P>>()

  /** Joins the run of that key, or starts it. Rejects with the caller's own reason when it goes away. */
  join(key: string, start: Start<T, P>, { signal, onProgress }: JoinOptions<P> = {}): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const run = this.#runs.get(key) ?? this.#start(key, start)
    run.waiting++
    if (onProgress) run.listeners.add(onProgress)
    if (!signal) return run.result
    return new Promise((resolve, reject) => {
      const leave = () => {
        run.waiting--
        if (onProgress) run.listeners.delete(onProgress)
        if (run.waiting === 0) this.#stop(key, run, signal.reason)
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      run.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }

  #start(key: string, start: Start<T, P>): Run<T, P> {
    const controller = new AbortController()
    const listeners = new Set<(progress: P) => void>()
    const tell = (progress: P) => {
      for (const listener of listeners) listener(progress)
    }
    const result = start(controller.signal, tell)
    const run: Run<T, P> = { controller, listeners, waiting: 0, result }
    this.#runs.set(key, run)
    const forget = () => {
      if (this.#runs.get(key) === run) this.#runs.delete(key)
    }
    run.result.then(forget, forget)
    return run
  }

  // Who asks the same now must not join a run that is being stopped.
  #stop(key: string, run: Run<T, P>, reason: unknown): void {
    this.#runs.delete(key)
    run.controller.abort(reason)
  }
}

interface Run<T, P> {
  controller: AbortController
  listeners: Set<(progress: P) => void>
  result: Promise<T>
  waiting: number
}

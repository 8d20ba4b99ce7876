/** Work that several callers want at once, done once. It stops when the last of them has gone away. */
export class SharedRuns<T> {
  #runs = new Map<string, Run<T>>()

  /** Joins the run of that key, or starts it. Rejects with the caller's own reason when it goes away. */
  join(key: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const run = this.#runs.get(key) ?? this.#start(key, start)
    run.waiting++
    if (!signal) return run.result
    return new Promise((resolve, reject) => {
      const leave = () => {
        run.waiting--
        if (run.waiting === 0) this.#stop(key, run, signal.reason)
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      run.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Run<T> {
    const controller = new AbortController()
    const run: Run<T> = { controller, waiting: 0, result: start(controller.signal) }
    this.#runs.set(key, run)
    const forget = () => {
      if (this.#runs.get(key) === run) this.#runs.delete(key)
    }
    run.result.then(forget, forget)
    return run
  }

  // Who asks the same now must not join a run that is being stopped.
  #stop(key: string, run: Run<T>, reason: unknown): void {
    this.#runs.delete(key)
    run.controller.abort(reason)
  }
}

interface Run<T> {
  controller: AbortController
  result: Promise<T>
  waiting: number
}

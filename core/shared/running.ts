/** What a command of the core started. */
export interface Running {
  /** Where each service listens. */
  urls: Record<string, string | null>
  close(): Promise<void>
}

/** What is open, closed again in the opposite order: nothing loses what it stands on. */
export class Closers {
  #closers: (() => Promise<void>)[] = []

  add(close: () => Promise<void>): void {
    this.#closers.push(close)
  }

  /** Something that is still starting: closed once it has, and forgotten when it failed. */
  addStarting(starting: Promise<{ close(): Promise<void> }>): void {
    // Its failure is reported where it is awaited; until then it must not count as unhandled.
    starting.catch(() => {})
    this.add(async () => {
      const started = await starting.catch(() => null)
      await started?.close()
    })
  }

  /** Closes everything, also when a part fails to; then rejects with the first failure. */
  async closeAll(): Promise<void> {
    const failures: unknown[] = []
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) {
      await close().catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }
}

/** Starts a whole of several parts. Rejects, with everything closed, when a part does not start. */
export async function startWhole(
  start: (closers: Closers) => Promise<Running['urls']>,
): Promise<Running> {
  const closers = new Closers()
  try {
    const urls = await start(closers)
    return { urls, close: () => closers.closeAll() }
  } catch (error) {
    await closers.closeAll()
    throw error
  }
}

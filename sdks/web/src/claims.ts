/** How long an event waits, where there are no locks, until any page may send it. */
const PATIENCE_MS = 60_000

/**
 * Which page owns which stored events. A claim ends with its page, also when it crashes. Where there are no
 * Web Locks (plain http) what waits for long is anybody's: it may be sent twice, under the same uuid.
 */
export interface Claims {
  /** Resolves to false when a living page, this one too, holds the id, whose oldest event is of `sinceMs`. */
  take(id: string, sinceMs: number): Promise<boolean>
  releaseAll(): void
}

export function openClaims(prefix: string): Claims {
  const { locks } = navigator as { locks?: LockManager }
  let releases: (() => void)[] = []
  return {
    take: async (id, sinceMs) =>
      locks
        ? new Promise((resolve) => {
            const hold = (lock: Lock | null) => {
              resolve(!!lock)
              return lock && new Promise<void>((release) => releases.push(release))
            }
            locks.request(prefix + id, { ifAvailable: true }, hold).catch(() => resolve(false))
          })
        : Date.now() - sinceMs > PATIENCE_MS,
    releaseAll() {
      for (const release of releases) release()
      releases = []
    },
  }
}

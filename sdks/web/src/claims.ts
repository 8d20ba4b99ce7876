/**
 * Which page owns which stored events. A claim ends with its page, also when it crashes. Where there are no
 * Web Locks (plain http) every page gets every claim: events may be sent twice then, under the same uuid.
 */
export interface Claims {
  /** Resolves to false when a living page, this one too, holds the id. */
  take(id: string): Promise<boolean>
  releaseAll(): void
}

export function openClaims(prefix: string): Claims {
  const { locks } = navigator as { locks?: LockManager }
  let releases: (() => void)[] = []
  return {
    take: async (id) =>
      !locks ||
      new Promise((resolve) => {
        const hold = (lock: Lock | null) => {
          resolve(!!lock)
          return lock && new Promise<void>((release) => releases.push(release))
        }
        locks.request(prefix + id, { ifAvailable: true }, hold).catch(() => resolve(false))
      }),
    releaseAll() {
      for (const release of releases) release()
      releases = []
    },
  }
}

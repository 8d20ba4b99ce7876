import type { PageStorage } from './storage.ts'

const HEARTBEAT_MS = 20_000
/** Browsers slow the timers of a hidden page to one a minute: a lease must outlive two of them. */
const LEASE_MS = 150_000

/**
 * Which page owns which stored queue. A claim ends with its page, also when it crashes. Two pages may
 * rarely hold one id: their events are then sent twice under the same uuids, and none is lost.
 */
export interface Claims {
  /** Resolves to false when another living page holds the id. */
  take(id: string): Promise<boolean>
  releaseAll(): void
}

export function openClaims(prefix: string, storage: PageStorage): Claims {
  // Web Locks need a secure context; pages on plain http make do with leases.
  const { locks } = navigator as { locks?: LockManager }
  return locks ? lockClaims(prefix, locks) : leaseClaims(`${prefix}lease:`, storage)
}

function lockClaims(prefix: string, locks: LockManager): Claims {
  let releases: (() => void)[] = []
  return {
    take: (id) =>
      new Promise((resolve) => {
        const hold = (lock: Lock | null) => {
          resolve(!!lock)
          return lock ? new Promise<void>((release) => releases.push(release)) : undefined
        }
        locks.request(prefix + id, { ifAvailable: true }, hold).catch(() => resolve(false))
      }),
    releaseAll() {
      for (const release of releases) release()
      releases = []
    },
  }
}

function leaseClaims(prefix: string, storage: PageStorage): Claims {
  const held = new Set<string>()
  const isLive = (key: string) => Math.abs(Date.now() - Number(storage.get(key))) < LEASE_MS
  for (const key of storage.keys(prefix)) if (!isLive(key)) storage.remove(key)
  const renew = () => {
    for (const id of held) storage.set(prefix + id, String(Date.now()))
  }
  setInterval(renew, HEARTBEAT_MS)
  return {
    async take(id) {
      if (held.has(id) || isLive(prefix + id)) return false
      held.add(id)
      renew()
      return true
    },
    releaseAll() {
      for (const id of held) storage.remove(prefix + id)
      held.clear()
    },
  }
}

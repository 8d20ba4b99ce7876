import { parseObject } from '../../delivery/parse-object.ts'
import { uuidv7 } from '../../delivery/uuid.ts'
import type { PageStorage } from './storage.ts'

const SESSION_IDLE_MS = 30 * 60_000

export interface Identity {
  distinct_id: string
  anonymous: boolean
}

/** A session and the number of the event within it: what orders events of one millisecond. */
export interface SessionPlace {
  id: string
  sequence: number
}

interface StoredSession extends SessionPlace {
  active_at: number
}

/** Who sends, shared by the tabs of an origin: read anew for every event, since another tab may identify. */
export interface IdentityKeeper {
  get(nowMs: number): Identity
  set(identity: Identity): void
  /** Begins a session after 30 minutes without an event. */
  nextPlace(nowMs: number): SessionPlace
  /** Becomes somebody new: another anonymous id, another session. */
  reset(): void
}

export function openIdentity(prefix: string, storage: PageStorage): IdentityKeeper {
  const identityKey = `${prefix}identity`
  const sessionKey = `${prefix}session`
  const read = <Value>(key: string) => parseObject<Value>(storage.get(key))
  const write = (key: string, value: object) => storage.set(key, JSON.stringify(value))
  return {
    get(nowMs) {
      const { distinct_id, anonymous } = read<Identity>(identityKey)
      if (distinct_id) return { distinct_id, anonymous: !!anonymous }
      const made = { distinct_id: uuidv7(nowMs), anonymous: true }
      write(identityKey, made)
      return made
    },
    set(identity) {
      write(identityKey, identity)
    },
    nextPlace(nowMs) {
      const { id, sequence, active_at } = read<StoredSession>(sessionKey)
      const goesOn = id && Math.abs(nowMs - (active_at || 0)) < SESSION_IDLE_MS
      const place = goesOn
        ? { id, sequence: (sequence || 0) + 1 }
        : { id: uuidv7(nowMs), sequence: 1 }
      write(sessionKey, { ...place, active_at: nowMs })
      return place
    },
    reset() {
      storage.remove(identityKey)
      storage.remove(sessionKey)
    },
  }
}

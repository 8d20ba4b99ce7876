import { parseObject } from '../../delivery/parse-object.ts'
import { uuidv7 } from '../../delivery/uuid.ts'
import type { Properties } from './options.ts'
import { initialFacts } from './page-facts.ts'
import type { PageStorage } from './storage.ts'

const SESSION_IDLE_MS = 30 * 60_000

export interface Identity {
  distinct_id: string
  /** How this visitor first came, as person properties; only of an anonymous one. */
  initial?: Properties | undefined
  /** Properties of all later events. */
  registered?: Properties & { $groups?: Properties }
}

/** A session and the number of the event within it: what orders events of one millisecond. */
export interface SessionPlace {
  $session_id: string
  $sequence: number
}

interface StoredSession extends SessionPlace {
  active_at: number
}

/** Who sends, shared by the tabs of an origin: read anew for every event, since another tab may identify. */
export interface IdentityKeeper {
  get(): Identity
  set(change: Partial<Identity>): void
  /** Begins a session after 30 minutes without an event. */
  nextPlace(nowMs: number): SessionPlace
  /** Becomes somebody new: another anonymous id, another session, nothing registered. */
  reset(): void
}

/** With `cookieless` an anonymous visitor has no id of ours: the edge tells them apart, for a day. */
export function openIdentity(
  prefix: string,
  storage: PageStorage,
  cookieless: boolean | undefined,
): IdentityKeeper {
  const identityKey = `${prefix}identity`
  const sessionKey = `${prefix}session`
  const read = <Value>(key: string) => parseObject<Value>(storage.get(key))
  const write = (key: string, value: object) => storage.set(key, JSON.stringify(value))
  const keeper: IdentityKeeper = {
    get() {
      const known = read<Identity>(identityKey)
      if (known.distinct_id) return known as Identity
      const made: Identity = cookieless
        ? { distinct_id: '$cookieless', registered: { $cookieless_mode: true } }
        : { distinct_id: uuidv7(Date.now()), initial: initialFacts() }
      write(identityKey, made)
      return made
    },
    set: (change) => write(identityKey, { ...keeper.get(), ...change }),
    nextPlace(nowMs) {
      const { $session_id, $sequence = 0, active_at = 0 } = read<StoredSession>(sessionKey)
      const goesOn = $session_id && Math.abs(nowMs - active_at) < SESSION_IDLE_MS
      const place = goesOn
        ? { $session_id, $sequence: $sequence + 1 }
        : { $session_id: uuidv7(nowMs), $sequence: 1 }
      write(sessionKey, { ...place, active_at: nowMs })
      return place
    },
    reset() {
      storage.remove(identityKey)
      storage.remove(sessionKey)
    },
  }
  return keeper
}

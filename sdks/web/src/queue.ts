import { type Entry, type EventSource, firstOf } from '../../delivery/event-source.ts'
import { uuidv7 } from '../../delivery/uuid.ts'
import { openClaims } from './claims.ts'
import type { ConsentReader } from './consent.ts'
import type { PageStorage } from './storage.ts'

/** Events held at most; beyond it the newest is refused, so that a page offline for days stays usable. */
const MAX_EVENTS = 10_000
/** Characters stored at most: the host page needs the rest of its 5 MB. */
const MAX_STORED_LENGTH = 2_000_000

export interface QueueEntry extends Entry {
  key: string
}

/**
 * The events that no answer has come for. Each is stored under its own key, so that appending never
 * rewrites others; what a closed or crashed page left is adopted by the next one. Without consent it
 * gives none away.
 */
export interface Queue extends EventSource<QueueEntry> {
  /** False when the queue is full. */
  append(json: string): boolean
  /** Takes over the stored events of pages that are gone; true when there were some. */
  adopt(): Promise<boolean>
  /** Leaves the stored events to other pages: this one may be frozen for good. */
  suspend(): void
  /** Begins anew after suspension, under another id: other pages may have adopted the old one. */
  resume(): void
}

export function openQueue(prefix: string, storage: PageStorage, consent: ConsentReader): Queue {
  const eventPrefix = `${prefix}event:`
  const claims = openClaims(prefix)
  let id = ''
  let count = 0
  let entries: QueueEntry[] = []

  const forgetStored = () => {
    entries = entries.filter(({ key }) => storage.held.has(key))
  }
  const open = () => {
    forgetStored()
    id = uuidv7(Date.now())
    void claims.take(id)
  }
  const mayGo = () => {
    const said = consent()
    // Said in another tab, perhaps: what waits here is to be forgotten too.
    if (said === 'denied') entries = []
    return said === 'granted' ? entries : []
  }
  open()

  return {
    append(json) {
      if (entries.length >= MAX_EVENTS) return false
      // Names sort by time: the oldest events go first, whichever page took them.
      const key = `${eventPrefix}${Date.now()}:${1e6 + count++}:${id}`
      const length = entries.reduce((sum, entry) => sum + entry.json.length, json.length)
      if (length > MAX_STORED_LENGTH) storage.held.set(key, json)
      else storage.set(key, json)
      entries.push({ key, json })
      return true
    },
    next: (...limits) => firstOf(mayGo(), ...limits),
    remove(answered) {
      for (const { key } of answered) storage.remove(key)
      entries = entries.filter((entry) => !answered.includes(entry))
    },
    size: () => mayGo().length,
    async adopt() {
      let found = 0
      const claimed: Record<string, Promise<boolean>> = {}
      const known = new Set(entries.map(({ key }) => key))
      for (const key of storage.keys(eventPrefix).sort()) {
        const owner = key.split(':')[5] as string
        claimed[owner] = claimed[owner] || claims.take(owner)
        if (known.has(key) || !(await claimed[owner])) continue
        // Read only now: until the claim, the owner may have had an answer.
        const json = storage.get(key)
        if (json) found = entries.push({ key, json })
      }
      entries.sort((a, b) => (a.key < b.key ? -1 : 1))
      return found > 0
    },
    suspend() {
      forgetStored()
      claims.releaseAll()
    },
    resume: open,
  }
}

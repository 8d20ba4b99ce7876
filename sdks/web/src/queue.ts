import { type Entry, type EventSource, firstOf } from '../../delivery/event-source.ts'
import { openClaims } from './claims.ts'
import type { PageStorage } from './storage.ts'

/** Events held at most; beyond it the newest is refused, so that a page offline for days stays usable. */
const MAX_EVENTS = 10_000
/** Characters stored at most: the host page needs the rest of its 5 MB. */
const MAX_STORED_LENGTH = 2_000_000

export interface QueueEntry extends Entry {
  key: string
  /** Whether it is in localStorage, not only in memory. */
  stored: boolean
}

/**
 * The events that no answer has come for. Each is stored under its own key, so that appending never
 * rewrites others; what a closed or crashed page left is adopted by the next one.
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

export function openQueue(prefix: string, storage: PageStorage): Queue {
  const eventPrefix = `${prefix}event:`
  const claims = openClaims(prefix, storage)
  let id = ''
  let count = 0
  let storedLength = 0
  let entries: QueueEntry[] = []

  const open = () => {
    id = Date.now().toString(36) + Math.random().toString(36).slice(2, 8)
    void claims.take(id)
  }
  const forgetStored = () => {
    entries = entries.filter((entry) => !entry.stored)
    storedLength = 0
  }
  open()

  return {
    append(json) {
      if (entries.length >= MAX_EVENTS) return false
      const key = `${eventPrefix}${id}:${(count++).toString(36).padStart(6, '0')}`
      const fits = storedLength + json.length <= MAX_STORED_LENGTH
      const stored = fits && storage.set(key, json)
      if (stored) storedLength += json.length
      entries.push({ key, json, stored })
      return true
    },
    next: (...limits) => firstOf(entries, ...limits),
    remove(answered) {
      for (const { key } of answered) storage.remove(key)
      entries = entries.filter((entry) => {
        if (!answered.includes(entry)) return true
        if (entry.stored) storedLength -= entry.json.length
        return false
      })
    },
    size: () => entries.length,
    async adopt() {
      const before = entries.length
      const known = new Set(entries.map(({ key }) => key))
      const ownerOf = (key: string) => key.slice(eventPrefix.length).split(':')[0]
      for (const owner of new Set(storage.keys(eventPrefix).map(ownerOf))) {
        if (owner === id || !owner || !(await claims.take(owner))) continue
        // Listed only now: until the claim, the owner may have had answers.
        for (const key of storage.keys(`${eventPrefix}${owner}:`)) {
          const json = storage.get(key)
          if (!json || known.has(key)) continue
          storedLength += json.length
          entries.push({ key, json, stored: true })
        }
      }
      // Names sort by the time their page was opened: the oldest events go first.
      entries.sort((a, b) => (a.key < b.key ? -1 : 1))
      return entries.length > before
    },
    suspend() {
      forgetStored()
      claims.releaseAll()
    },
    resume() {
      forgetStored()
      open()
    },
  }
}

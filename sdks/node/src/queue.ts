import type { Entry, EventSource } from '../../delivery/event-source.ts'

/** An event that waits, with what is known of it. */
export interface QueueEntry extends Entry {
  uuid: string
  /** UTF-8 bytes of its JSON. */
  bytes: number
}

export interface QueueLimits {
  maxQueueEvents: number
  maxQueueBytes: number
}

/** The events that no answer has come for, in memory, oldest first. */
export interface Queue extends EventSource<QueueEntry> {
  /** False when the queue is full: then nothing is taken. */
  append(entry: QueueEntry): boolean
  bytes(): number
  /** Takes everything out. */
  takeAll(): QueueEntry[]
  /** Resolves when what waits now has been answered, or was taken out. */
  settled(): Promise<void>
}

export function openQueue({ maxQueueEvents, maxQueueBytes }: QueueLimits): Queue {
  const entries = new Set<QueueEntry>()
  let bytes = 0
  let last: QueueEntry | undefined
  let waiters: { entry: QueueEntry; resolve: () => void }[] = []

  const forget = (gone: readonly QueueEntry[]) => {
    for (const entry of gone) if (entries.delete(entry)) bytes -= entry.bytes
    waiters = waiters.filter(({ entry, resolve }) => {
      if (entries.has(entry)) return true
      resolve()
      return false
    })
  }
  return {
    append(entry) {
      if (entries.size >= maxQueueEvents || bytes + entry.bytes > maxQueueBytes) return false
      entries.add(entry)
      bytes += entry.bytes
      last = entry
      return true
    },
    next(maxEvents, maxBytes, except) {
      const batch: QueueEntry[] = []
      let batchBytes = 0
      for (const entry of entries) {
        if (except.has(entry)) continue
        batchBytes += entry.bytes + 1
        if (batch.length >= maxEvents || (batch.length > 0 && batchBytes > maxBytes)) break
        batch.push(entry)
      }
      return batch
    },
    remove: forget,
    size: () => entries.size,
    bytes: () => bytes,
    takeAll() {
      const all = [...entries]
      forget(all)
      return all
    },
    settled() {
      const entry = last
      if (!entry || !entries.has(entry)) return Promise.resolve()
      return new Promise((resolve) => waiters.push({ entry, resolve }))
    },
  }
}

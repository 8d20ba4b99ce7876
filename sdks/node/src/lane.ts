import type { Settings, WaitUntil } from './options.ts'
import type { Outbox } from './outbox.ts'
import type { QueueEntry } from './queue.ts'

/** Where a client's events go. */
export interface Lane {
  /** False when there is no room. */
  put(entry: QueueEntry): boolean
  flush(): Promise<void>
}

/** The way of events in a process that goes on: by the sender's own timers. */
export function openLane(outbox: Outbox): Lane {
  return {
    put(entry) {
      const hasRoom = outbox.put(entry)
      if (hasRoom) outbox.nudge()
      return hasRoom
    },
    flush: outbox.flush,
  }
}

export interface ScopedLaneOptions extends Pick<Settings, 'waitUntilTimeoutMs'> {
  waitUntil: WaitUntil
  /**
   * Whether later events may be another request's: then they do not join those that are on their way, since
   * what one request has begun may end with it.
   */
  isShared: boolean
  open(): Outbox
  /** Takes back what could not be sent in time. */
  close(outbox: Outbox, left: readonly QueueEntry[]): void
}

/**
 * The way of events under `waitUntil`: in an outbox of their own. What a Worker begins in one request it
 * cannot go on with in another, and no timer outlives a request.
 */
export function openScopedLane(options: ScopedLaneOptions): Lane {
  let outbox: Outbox | null = null
  const run = async (own: Outbox) => {
    // What a request captures one after the other goes as one batch.
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (options.isShared) outbox = null
    const left = await own.drain(options.waitUntilTimeoutMs)
    if (outbox === own) outbox = null
    options.close(own, left)
  }
  return {
    put(entry) {
      if (!outbox) {
        outbox = options.open()
        options.waitUntil(run(outbox))
      }
      return outbox.put(entry)
    },
    flush: () => outbox?.flush() ?? Promise.resolve(),
  }
}

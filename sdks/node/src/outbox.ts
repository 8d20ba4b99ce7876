import { type DeliveryReport, openSender } from '../../delivery/sender.ts'
import type { Settings } from './options.ts'
import { openQueue, type QueueEntry } from './queue.ts'
import { startTimer, within } from './timers.ts'
import { openTransport } from './transport.ts'

/** Events on their way: a queue, and what sends from it. A request under `waitUntil` has one of its own. */
export interface Outbox {
  /** False when it is full. */
  put(entry: QueueEntry): boolean
  /** Plans a flush: at once when enough events wait, else after the interval. */
  nudge(): void
  /** Sends what waits now. Resolves when all of it was answered, or an attempt has failed. */
  flush(): Promise<void>
  /** Sends, and tries again, until nothing waits or the time is over; then gives what still waits, and forgets it. */
  drain(timeoutMs: number): Promise<QueueEntry[]>
  size(): number
  bytes(): number
}

export function openOutbox(settings: Settings, report: (report: DeliveryReport) => void): Outbox {
  const queue = openQueue(settings)
  let lastFailure = ''
  const transport = openTransport({
    ...settings,
    onFailure(message) {
      lastFailure = message
    },
  })
  const sender = openSender(queue, {
    ...settings,
    send: transport.send,
    startTimer,
    report: (one) => report(one.outcome === 'retry' ? { ...one, message: lastFailure } : one),
  })
  return {
    put: queue.append,
    nudge: sender.nudge,
    // Without the second, a process that captures all the time would never see the end of a flush.
    flush: () => Promise.race([sender.flush(), queue.settled()]),
    async drain(timeoutMs) {
      const endsAt = Date.now() + timeoutMs
      const leftMs = () => Math.max(endsAt - Date.now(), 0)
      while (queue.size() > 0 && leftMs() > 0) {
        await within(sender.flush(), leftMs())
        // After a failure the sender tries again by itself.
        if (queue.size() > 0) await within(queue.settled(), leftMs())
      }
      transport.abort()
      return queue.takeAll()
    },
    size: queue.size,
    bytes: queue.bytes,
  }
}

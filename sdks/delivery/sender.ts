import type { DroppedEvent } from '@headwater/schemas/event'
import type { Answer } from './answer.ts'
import { type Entry, type EventSource, sizeOf } from './event-source.ts'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

/** What one attempt to send came to: made for every attempt, read by tests and debug panels. */
export interface DeliveryReport {
  outcome: 'acknowledged' | 'refused' | 'retry'
  /** The events of the attempt, in order. */
  uuids: string[]
  dropped: DroppedEvent[]
  /** Only when refused. */
  code?: string
  message?: string
  /** When the next attempt is due; only on retry. */
  retry_in_ms?: number
}

export interface SenderOptions {
  writeKey: string
  /** Events that wait before they are sent at once. */
  flushAt: number
  /** Longest wait of an event, in milliseconds. */
  flushIntervalMs: number
  /** Events, and bytes of their JSON, that one request carries at most. */
  maxBatchEvents: number
  maxBatchBytes: number
  /** Sends one request's body; never rejects. */
  send(body: string): Promise<Answer>
  /** Calls back later; gives what clearTimeout takes. @default setTimeout */
  startTimer?(work: () => void, delayMs: number): ReturnType<typeof setTimeout>
  report(report: DeliveryReport): void
}

/** Moves events from a source to the server, one batch at a time, oldest first. */
export interface Sender {
  /** Plans a flush: at once when enough events wait, else after the interval. */
  nudge(): void
  /** Sends until the source is empty or an attempt fails. Never rejects. */
  flush(): Promise<void>
  /**
   * Offers what is not in flight to someone whose answer will not be heard, until they take no more. They
   * take at most `quotaBytes`, what is in flight included. The source keeps it all the same.
   */
  handOver(give: (body: string) => boolean, quotaBytes: number): void
}

export function openSender<Held extends Entry>(
  source: EventSource<Held>,
  options: SenderOptions,
): Sender {
  const { maxBatchEvents, maxBatchBytes, startTimer = setTimeout } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | null = null
  let inFlight = new Set<Held>()
  let failures = 0
  let notBefore = 0
  let batchLimit = maxBatchEvents

  const schedule = (delayMs: number) => {
    timer = timer || startTimer(() => void flush(), delayMs)
  }
  const bodyOf = (batch: readonly Entry[]) =>
    `{"api_key":${JSON.stringify(options.writeKey)},"sent_at":"${new Date().toISOString()}",` +
    `"batch":[${batch.map(({ json }) => json).join()}]}`

  /** True when the next batch may follow at once. */
  const sendBatch = async (batch: Held[]): Promise<boolean> => {
    inFlight = new Set(batch)
    const answer = await options.send(bodyOf(batch))
    inFlight = new Set()
    if (answer.outcome === 'refused' && answer.too_big && batch.length > 1) {
      batchLimit = Math.ceil(batch.length / 2)
      return true
    }
    const report: DeliveryReport = { uuids: batch.map(uuidOf), dropped: [], ...answer }
    if (answer.outcome === 'retry') {
      const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS)
      // Jitter: senders that failed together must not come back together.
      report.retry_in_ms = Math.max(answer.wait_ms, backOffMs * (0.5 + Math.random() / 2))
      notBefore = Date.now() + answer.wait_ms
      schedule(report.retry_in_ms)
    } else {
      source.remove(batch)
      failures = 0
      batchLimit = Math.min(batchLimit * 2, maxBatchEvents)
    }
    options.report(report)
    return answer.outcome !== 'retry'
  }
  const drain = async () => {
    for (;;) {
      const batch = source.next(batchLimit, maxBatchBytes, inFlight)
      if (!batch.length || !(await sendBatch(batch))) break
    }
    // At once: a flush that comes later must not get the promise of this one.
    running = null
    // Taken in while the last attempt failed.
    if (source.size()) nudge()
  }
  const flush = (): Promise<void> => {
    const waitMs = notBefore - Date.now()
    clearTimeout(timer)
    timer = undefined
    if (waitMs > 0) schedule(waitMs)
    else if (!running && source.size()) running = drain()
    return running || Promise.resolve()
  }
  const nudge = () => {
    // After a failure the back-off's timer decides, not the number of events.
    if ((failures > 0 && timer) || running) return
    if (source.size() >= options.flushAt) void flush()
    else schedule(options.flushIntervalMs)
  }

  return {
    nudge,
    flush,
    handOver(give, quotaBytes) {
      if (Date.now() < notBefore) return
      const handed = new Set(inFlight)
      for (;;) {
        // What one request has is no longer there for the next.
        const leftBytes = quotaBytes - sizeOf(bodyOf([...handed]))
        const batch = source.next(maxBatchEvents, leftBytes, handed)
        if (!batch.length || !give(bodyOf(batch))) return
        for (const entry of batch) handed.add(entry)
      }
    },
  }
}

function uuidOf({ uuid, json }: Entry): string {
  return uuid || (JSON.parse(json) as { uuid: string }).uuid
}

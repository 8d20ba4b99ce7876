import type { DroppedEvent } from '@headwater/schemas/event'
import type { Entry, Queue } from './queue.ts'
import { send } from './transport.ts'

const MAX_BATCH_EVENTS = 100
/** Browsers let 64 KiB be in flight when a page goes; a batch stays below it. */
const MAX_BATCH_BYTES = 60_000
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
  url: string
  writeKey: string
  flushAt: number
  flushIntervalMs: number
  report(report: DeliveryReport): void
}

/** Moves events from the queue to the server, one batch at a time, oldest first. */
export interface Sender {
  /** Plans a flush: at once when enough events wait, else after the interval. */
  nudge(): void
  /** Sends until the queue is empty or an attempt fails. Never rejects. */
  flush(): Promise<void>
  /** The page goes: hands what is not in flight to the browser. The queue keeps it all the same. */
  unload(): void
}

export function openSender(queue: Queue, options: SenderOptions): Sender {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | null = null
  let inFlight = new Set<Entry>()
  let failures = 0
  let notBefore = 0
  let batchLimit = MAX_BATCH_EVENTS

  const schedule = (delayMs: number) => {
    timer = timer || setTimeout(flush, delayMs)
  }
  const bodyOf = (batch: readonly Entry[]) =>
    `{"api_key":${JSON.stringify(options.writeKey)},"sent_at":"${new Date().toISOString()}",` +
    `"batch":[${batch.map(({ json }) => json).join()}]}`

  /** True when the next batch may follow at once. */
  const sendBatch = async (batch: Entry[]): Promise<boolean> => {
    const body = bodyOf(batch)
    inFlight = new Set(batch)
    const answer = await send(options.url, body, new Blob([body]).size <= MAX_BATCH_BYTES + 1_000)
    inFlight = new Set()
    const { outcome } = answer
    if (outcome === 'too_big' && batch.length > 1) {
      batchLimit = Math.ceil(batch.length / 2)
      return true
    }
    const report = { uuids: batch.map(uuidOf), dropped: [] }
    if (outcome === 'retry') {
      const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS)
      // Jitter: pages that failed together must not come back together.
      const waitMs = Math.max(answer.wait_ms, backOffMs * (0.5 + Math.random() / 2))
      notBefore = Date.now() + answer.wait_ms
      schedule(waitMs)
      options.report({ ...report, outcome, retry_in_ms: waitMs })
      return false
    }
    queue.remove(batch)
    failures = 0
    batchLimit = Math.min(batchLimit * 2, MAX_BATCH_EVENTS)
    if (outcome === 'acknowledged') options.report({ ...report, ...answer })
    else options.report({ ...report, ...answer, outcome: 'refused' })
    return true
  }
  const drain = async () => {
    let more = true
    while (more) {
      const batch = queue.next(batchLimit, MAX_BATCH_BYTES, inFlight)
      more = batch.length > 0 && (await sendBatch(batch))
    }
  }
  const flush = (): Promise<void> => {
    const waitMs = notBefore - Date.now()
    clearTimeout(timer)
    timer = undefined
    if (waitMs > 0) schedule(waitMs)
    else if (running === null) {
      running = drain().then(() => {
        running = null
        // Taken in while the last attempt failed or ended.
        if (queue.size() > 0) nudge()
      })
    }
    return running || Promise.resolve()
  }
  const nudge = () => {
    // After a failure the back-off's timer decides, not the number of events.
    if (failures > 0 || running !== null) return
    if (queue.size() >= options.flushAt) void flush()
    else schedule(options.flushIntervalMs)
  }

  return {
    nudge,
    flush,
    unload() {
      if (Date.now() < notBefore) return
      const handed = new Set(inFlight)
      for (;;) {
        const batch = queue.next(MAX_BATCH_EVENTS, MAX_BATCH_BYTES, handed)
        if (batch.length === 0) return
        // False: the browser takes no more. The rest goes with the next page.
        if (!navigator.sendBeacon(options.url, bodyOf(batch))) return
        for (const entry of batch) handed.add(entry)
      }
    },
  }
}

function uuidOf({ json }: Entry): string {
  return (JSON.parse(json) as { uuid: string }).uuid
}

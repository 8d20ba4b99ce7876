import type { DroppedEvent, Event } from '@headwater/schemas/event'
import { CaptureClient } from '../import/capture-client.ts'

const DEFAULT_BATCH_EVENTS = 500
const DEFAULT_CONCURRENCY = 4
const DEFAULT_GIVE_UP_MS = 120_000

export interface DeliverOptions {
  /** Address of the capture service. */
  url: string
  writeKey: string
  /** @default 500 */
  batchEvents?: number
  /** Requests at a time. @default 4 */
  concurrency?: number
  /** How long one batch is retried before the whole is given up. @default 120000 */
  giveUpMs?: number
  /** Called after every answered batch. */
  onProgress?: (delivery: Delivery) => void
}

export interface Delivery {
  accepted: number
  dropped: DroppedEvent[]
  /** Attempts that had to be made again. */
  retries: number
}

/**
 * Sends events through the capture API, in order of batches and each batch until it is answered.
 * Rejects when a request is refused for good, or when a batch was not answered in time.
 */
export async function deliver(
  events: readonly Event[],
  { url, writeKey, concurrency = DEFAULT_CONCURRENCY, onProgress, ...options }: DeliverOptions,
): Promise<Delivery> {
  const { batchEvents = DEFAULT_BATCH_EVENTS, giveUpMs = DEFAULT_GIVE_UP_MS } = options
  const capture = new CaptureClient({ host: url, writeKey, giveUpMs })
  const delivery: Delivery = { accepted: 0, dropped: [], retries: 0 }
  let next = 0
  const sender = async () => {
    while (next < events.length) {
      const batch = events.slice(next, next + batchEvents)
      next += batchEvents
      const answer = await capture.send(batch.map((event) => JSON.stringify(event)))
      delivery.accepted += answer.accepted
      delivery.dropped.push(...answer.dropped)
      delivery.retries = capture.retries
      onProgress?.(delivery)
    }
  }
  const senders = Array.from({ length: concurrency }, sender)
  try {
    await Promise.all(senders)
  } catch (error) {
    // One refusal is the answer for all: the others must not go on behind the caller's back.
    next = events.length
    await Promise.allSettled(senders)
    throw error
  }
  return delivery
}

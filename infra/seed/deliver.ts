import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { DroppedEvent, Event } from '@headwater/schemas/event'

const DEFAULT_BATCH_EVENTS = 500
const DEFAULT_CONCURRENCY = 4
const DEFAULT_GIVE_UP_MS = 120_000
const ATTEMPT_TIMEOUT_MS = 30_000
const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 5_000

const compress = promisify(gzip)

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

interface CaptureAnswer {
  status?: string
  accepted?: number
  dropped?: DroppedEvent[]
  error?: { code?: string; message?: string }
}

/**
 * Sends events through the capture API, in order of batches and each batch until it is answered.
 * Rejects when a request is refused for good, or when a batch was not answered in time.
 */
export async function deliver(
  events: readonly Event[],
  { concurrency = DEFAULT_CONCURRENCY, onProgress, ...options }: DeliverOptions,
): Promise<Delivery> {
  const delivery: Delivery = { accepted: 0, dropped: [], retries: 0 }
  const size = options.batchEvents ?? DEFAULT_BATCH_EVENTS
  let next = 0
  const sender = async () => {
    while (next < events.length) {
      const batch = events.slice(next, next + size)
      next += size
      const answer = await sendUntilAnswered(batch, options, () => delivery.retries++)
      delivery.accepted += answer.accepted ?? 0
      delivery.dropped.push(...(answer.dropped ?? []))
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

async function sendUntilAnswered(
  batch: readonly Event[],
  options: DeliverOptions,
  onRetry: () => void,
): Promise<CaptureAnswer> {
  const deadline = Date.now() + (options.giveUpMs ?? DEFAULT_GIVE_UP_MS)
  for (let attempt = 0; ; attempt++) {
    const result = await send(batch, options)
    if (typeof result === 'object') return result
    const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS)
    const waitMs = Math.max(result, backOffMs * (0.5 + Math.random() / 2))
    if (Date.now() + waitMs > deadline) {
      throw new Error(`${options.url} did not take a batch; is it running, and the core behind it?`)
    }
    onRetry()
    await sleep(waitMs)
  }
}

/** The answer, or how long the server asks to wait (ms) before the same is sent again. */
async function send(
  batch: readonly Event[],
  { url, writeKey }: DeliverOptions,
): Promise<CaptureAnswer | number> {
  // Made anew per attempt: an old sent_at would look like a wrong clock, and shift the history.
  const sent_at = new Date().toISOString()
  const body = await compress(JSON.stringify({ api_key: writeKey, sent_at, batch }))
  let response: Response
  let text: string
  try {
    response = await fetch(`${url}/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body,
      signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
    })
    text = await response.text()
  } catch {
    return 0
  }
  const { status } = response
  if (status === 408 || status === 429 || status >= 500) {
    return Number(response.headers.get('retry-after') ?? 0) * 1_000 || 0
  }
  const answer = parse(text)
  if (status !== 200 || answer.status !== 'Ok') {
    const why = answer.error?.message ?? text.slice(0, 200)
    throw new Error(`${url}/batch refused a batch with ${status}: ${why}`)
  }
  return answer
}

function parse(text: string): CaptureAnswer {
  try {
    return JSON.parse(text) as CaptureAnswer
  } catch {
    return {}
  }
}

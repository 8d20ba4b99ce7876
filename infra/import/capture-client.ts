import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { DROP_REASONS, type DroppedEvent } from '@headwater/schemas/event'

const ATTEMPT_TIMEOUT_MS = 60_000
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 10_000
const MAX_RETRY_AFTER_MS = 60_000

const compress = promisify(gzip)

/** Capture says that it never will take these: an unknown key, for example. */
export class CaptureRefusal extends Error {}

export interface CaptureClientOptions {
  /** Address of the capture service. */
  host: string
  writeKey: string
  /** Told why the same is sent again, and how long it waits before. */
  onWait?: (why: string, waitMs: number) => void
  /** How long the same is sent again before it is given up. Default: without an end. */
  giveUpMs?: number
  /** Ends waits at once: nothing is sent again any more, but what was sent may still be answered. */
  stop?: AbortSignal
  /** Ends requests. */
  abort?: AbortSignal
}

export interface Verdict {
  accepted: number
  dropped: DroppedEvent[]
}

/** Sends events as history, again and again, until capture has answered for each of them. */
export class CaptureClient {
  retries = 0
  readonly #options: CaptureClientOptions

  constructor(options: CaptureClientOptions) {
    this.#options = options
  }

  /**
   * Resolves with capture's word about each of these events, given as JSON. Rejects with a CaptureRefusal,
   * when it gives up, or when a signal ends it.
   */
  async send(events: readonly string[]): Promise<Verdict> {
    const { host, giveUpMs = Number.POSITIVE_INFINITY, onWait, stop } = this.#options
    const deadline = Date.now() + giveUpMs
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#attempt(events)
      if ('accepted' in answer) return answer
      if (answer.status === 413) return this.#inHalves(events)
      const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS)
      const waitMs = Math.max(answer.retryAfterMs, backOffMs * (0.5 + Math.random() / 2))
      if (Date.now() + waitMs > deadline) {
        throw new Error(`${host} did not take a batch; is it running, and the core behind it?`)
      }
      onWait?.(answer.why, waitMs)
      this.retries++
      await sleep(waitMs, null, { ...(stop && { signal: stop }) })
    }
  }

  async #inHalves(events: readonly string[]): Promise<Verdict> {
    if (events.length === 1) {
      const uuid = (JSON.parse(events[0] ?? '{}') as { uuid?: string }).uuid ?? null
      const reason = 'event_too_big'
      return { accepted: 0, dropped: [{ index: 0, uuid, reason, message: DROP_REASONS[reason] }] }
    }
    const middle = Math.ceil(events.length / 2)
    const first = await this.send(events.slice(0, middle))
    const second = await this.send(events.slice(middle))
    const moved = second.dropped.map((drop) => ({ ...drop, index: drop.index + middle }))
    return {
      accepted: first.accepted + second.accepted,
      dropped: [...first.dropped, ...moved],
    }
  }

  async #attempt(
    events: readonly string[],
  ): Promise<Verdict | { status: number; why: string; retryAfterMs: number }> {
    const { host, writeKey, abort } = this.#options
    // No sent_at: these times are not this machine's, so its clock says nothing about them.
    const head = JSON.stringify({ api_key: writeKey, historical_migration: true }).slice(0, -1)
    const body = await compress(`${head},"batch":[${events.join(',')}]}`)
    let response: Response
    let text: string
    try {
      response = await fetch(`${host}/batch`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
        },
        body,
        signal: AbortSignal.any([
          ...(abort ? [abort] : []),
          AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
        ]),
      })
      text = await response.text()
    } catch (error) {
      abort?.throwIfAborted()
      return { status: 0, why: `${host} does not answer: ${causeOf(error)}`, retryAfterMs: 0 }
    }
    const { status } = response
    const answer = parse(text)
    if (status === 413) return { status, why: 'too big', retryAfterMs: 0 }
    if (status === 408 || status === 429 || status >= 500) {
      const why = `${host} answers ${status} ${answer.error?.code ?? ''}`.trim()
      return { status, why, retryAfterMs: retryAfterMs(response) }
    }
    if (status !== 200 || answer.status !== 'Ok' || typeof answer.accepted !== 'number') {
      const why = answer.error?.message ?? text.slice(0, 200)
      throw new CaptureRefusal(`${host}/batch refused the events with ${status}: ${why}`)
    }
    const dropped = answer.dropped ?? []
    if (answer.accepted + dropped.length !== events.length) {
      throw new CaptureRefusal(
        `${host}/batch answered for ${answer.accepted + dropped.length} of ${events.length} events`,
      )
    }
    return { accepted: answer.accepted, dropped }
  }
}

interface CaptureAnswer {
  status?: string
  accepted?: number
  dropped?: DroppedEvent[]
  error?: { code?: string; message?: string }
}

function parse(text: string): CaptureAnswer {
  try {
    return (JSON.parse(text) ?? {}) as CaptureAnswer
  } catch {
    return {}
  }
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds * 1_000, 0), MAX_RETRY_AFTER_MS) : 0
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const { code, message } = cause as { code?: string; message?: string }
  return code ?? message ?? String(cause)
}

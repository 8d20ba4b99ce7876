import type { BufferStorage } from './buffer-storage.ts'
import { type BufferState, backoffMs, NEXT, type Signal, shouldSeal } from './flush.ts'
import { type Batch, type Sink, SinkError } from './sink.ts'

export interface FlushLimits {
  sealMaxBytes: number
  sealMaxAgeMs: number
  backoffMinMs: number
  backoffMaxMs: number
}

export type FlushOutcome = 'acknowledged' | 'retried' | 'set_aside'

/** One try to send a batch. */
export interface FlushReport {
  outcome: FlushOutcome
  shard: string
  /** Null when the batch could not be read. */
  seq: number | null
  events: number
  bytes: number
  duration_ms: number
  /** Pause before the next try. */
  next_try_ms?: number
  error?: string
}

const LOG_BY: Record<FlushOutcome, 'log' | 'warn' | 'error'> = {
  acknowledged: 'log',
  retried: 'warn',
  set_aside: 'error',
}

/**
 * Moves sealed batches to the sink: oldest first, one in flight, the same bytes on every try. What is
 * acknowledged is forgotten; what can never succeed is set aside; everything else is tried again.
 */
export class Flusher {
  readonly counts: Record<FlushOutcome, number> = { acknowledged: 0, retried: 0, set_aside: 0 }
  readonly #storage: BufferStorage
  readonly #sink: Sink
  readonly #limits: FlushLimits
  #state: BufferState = 'idle'
  #failures = 0
  #sealTimer: ReturnType<typeof setTimeout> | null = null
  /** When the pause after a failure ends. */
  #retryAt = 0

  constructor(storage: BufferStorage, sink: Sink, limits: FlushLimits) {
    this.#storage = storage
    this.#sink = sink
    this.#limits = limits
  }

  get state(): BufferState {
    return this.#state
  }

  /** To be called after something was stored. */
  appended(): void {
    this.#signal('append')
    this.#look()
  }

  /** To be called by the alarm and after a start: goes on with whatever is held. */
  wake(): void {
    this.#look()
    this.#retry()
  }

  // Seals what is due, starts sending what is sealed, or comes back when the open batch is old enough.
  #look(): void {
    const { openSince } = this.#storage
    const openAgeMs = openSince === null ? 0 : Date.now() - openSince
    const held = {
      sealedBatches: this.#storage.sealedBatches,
      openBytes: this.#storage.openBytes,
      openAgeMs,
    }
    if (shouldSeal(held, this.#limits)) this.#storage.seal()
    if (this.#storage.sealedBatches > 0) this.#signal('due')
    else if (openSince !== null) this.#lookIn(this.#limits.sealMaxAgeMs - openAgeMs)
  }

  #lookIn(delayMs: number): void {
    if (this.#sealTimer !== null) return
    this.#sealTimer = setTimeout(
      () => {
        this.#sealTimer = null
        this.#look()
      },
      Math.max(delayMs, 1),
    )
  }

  #signal(signal: Signal): void {
    const before = this.#state
    this.#state = NEXT[before][signal]
    if (this.#state === 'sending' && before !== 'sending') void this.#sendOldest()
  }

  async #sendOldest(): Promise<void> {
    const startedAt = Date.now()
    let batch: Batch | null = null
    try {
      batch = this.#storage.oldestBatch()
      if (batch) this.#report(batch, startedAt, await this.#send(batch))
      this.#failures = 0
      this.#signal(this.#storage.isEmpty ? 'sent_all' : 'sent_some')
      this.#look()
    } catch (error) {
      const asked = error instanceof SinkError ? error.retryAfterMs : null
      const next_try_ms = backoffMs(this.#failures++, asked, this.#limits, Math.random())
      this.#report(batch, startedAt, { outcome: 'retried', next_try_ms, error: String(error) })
      this.#retryAt = Date.now() + next_try_ms
      this.#signal('send_failed')
      setTimeout(() => this.#retry(), next_try_ms)
    }
  }

  // The alarm looks more often than a long pause lasts: it must not cut short what the bridge asked for.
  #retry(): void {
    if (Date.now() >= this.#retryAt) this.#signal('retry')
  }

  async #send(batch: Batch): Promise<Pick<FlushReport, 'outcome' | 'error'>> {
    try {
      await this.#sink.send(batch)
    } catch (error) {
      if (!(error instanceof SinkError) || error.retryable) throw error
      this.#storage.setAside(batch.id)
      return { outcome: 'set_aside', error: error.message }
    }
    // Only now: forgetting first would lose the batch if the object is evicted while sending. Forgetting
    // last can send it twice, which the consumer sees by (shard, seq).
    this.#storage.acknowledge(batch.id)
    return { outcome: 'acknowledged' }
  }

  #report(
    batch: Batch | null,
    startedAt: number,
    how: Pick<FlushReport, 'outcome' | 'error' | 'next_try_ms'>,
  ): void {
    const report: FlushReport = {
      shard: this.#storage.shard,
      seq: batch?.id.seq ?? null,
      events: batch?.events ?? 0,
      bytes: batch?.body.length ?? 0,
      duration_ms: Date.now() - startedAt,
      ...how,
    }
    this.counts[report.outcome]++
    console[LOG_BY[report.outcome]](JSON.stringify({ event: 'flush', ...report }))
  }
}

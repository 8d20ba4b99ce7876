import type { BatchId } from '@headwater/schemas/batch'

/** A sealed batch: the same id always comes with the same bytes. */
export interface Batch {
  id: BatchId
  events: number
  body: Uint8Array<ArrayBuffer>
}

/** Where the buffer sends its batches. */
export interface Sink {
  /** Resolves after the far side holds the batch durably; rejects with a SinkError otherwise. */
  send(batch: Batch): Promise<void>
}

export class SinkError extends Error {
  /** False when this batch can never succeed, however often it is sent. */
  readonly retryable: boolean
  /** How long the far side asks us to wait; null when it does not say. */
  readonly retryAfterMs: number | null

  constructor(message: string, retryable: boolean, retryAfterMs: number | null = null) {
    super(message)
    this.name = 'SinkError'
    this.retryable = retryable
    this.retryAfterMs = retryAfterMs
  }
}

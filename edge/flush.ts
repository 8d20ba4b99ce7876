// What a shard does next, as data: no storage, no clock, no network in this file.

export type BufferState = 'idle' | 'filling' | 'sending' | 'backing_off'
/**
 * append: something new is held · due: a batch is ready to go · retry: the pause is over, or the alarm
 * looked · sent_all, sent_some: a batch is gone, and nothing, or something not yet due, is left ·
 * send_failed: the batch stays, wait before the next try
 */
export type Signal = 'append' | 'due' | 'retry' | 'sent_all' | 'sent_some' | 'send_failed'

export const NEXT: Record<BufferState, Record<Signal, BufferState>> = {
  idle: {
    append: 'filling',
    due: 'sending',
    retry: 'idle',
    sent_all: 'idle',
    sent_some: 'filling',
    send_failed: 'backing_off',
  },
  filling: {
    append: 'filling',
    due: 'sending',
    retry: 'filling',
    sent_all: 'idle',
    sent_some: 'filling',
    send_failed: 'backing_off',
  },
  // One batch in flight: whatever comes meanwhile waits for its answer.
  sending: {
    append: 'sending',
    due: 'sending',
    retry: 'sending',
    sent_all: 'idle',
    sent_some: 'filling',
    send_failed: 'backing_off',
  },
  // Only the end of the pause leaves it: a hot shard must not hammer a bridge that is down.
  backing_off: {
    append: 'backing_off',
    due: 'backing_off',
    retry: 'sending',
    sent_all: 'idle',
    sent_some: 'filling',
    send_failed: 'backing_off',
  },
}

export interface Held {
  /** Batches that are closed and wait to be sent. */
  sealedBatches: number
  openBytes: number
  /** Age of the oldest event in the open batch; 0 when it is empty. */
  openAgeMs: number
}

export type SealTrigger = 'size' | 'age'

/**
 * Whether to close the open batch. Age counts only when nothing else waits: in an outage the batches
 * grow to their full size instead of becoming thousands of small ones.
 */
export function shouldSeal(
  held: Held,
  limits: { sealMaxBytes: number; sealMaxAgeMs: number },
): SealTrigger | null {
  if (held.openBytes === 0) return null
  if (held.openBytes >= limits.sealMaxBytes) return 'size'
  if (held.sealedBatches === 0 && held.openAgeMs >= limits.sealMaxAgeMs) return 'age'
  return null
}

/** Pause before try number `failures` + 1: doubles, with jitter, and never below what was asked. */
export function backoffMs(
  failures: number,
  retryAfterMs: number | null,
  limits: { backoffMinMs: number; backoffMaxMs: number },
  random: number,
): number {
  const ceiling = Math.min(limits.backoffMaxMs, limits.backoffMinMs * 2 ** Math.min(failures, 30))
  const jittered = ceiling * (0.5 + random / 2)
  return Math.round(Math.min(limits.backoffMaxMs, Math.max(jittered, retryAfterMs ?? 0)))
}

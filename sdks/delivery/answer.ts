import type { DroppedEvent } from '@headwater/schemas/event'
import { parseObject } from './parse-object.ts'

/** Longest wait a server can ask for. */
const MAX_WAIT_MS = 3_600_000

/** What an attempt to send a batch came to. */
export type Answer =
  | { outcome: 'acknowledged'; dropped: DroppedEvent[] }
  /** The request is refused for good; when it was too big, half of it may pass. */
  | { outcome: 'refused'; code: string; message: string; too_big: boolean }
  /** Nothing is decided. `wait_ms` is what the server asked for, 0 when it did not. */
  | { outcome: 'retry'; wait_ms: number }

/** Nobody answered: the device is offline, the request is blocked, or it took too long. */
export const NO_ANSWER: Answer = { outcome: 'retry', wait_ms: 0 }

interface CaptureAnswer {
  status?: string
  dropped?: DroppedEvent[]
  error?: { code?: string; message?: string }
}

/** Reads the capture service's answer; any other one is no decision on the events. */
export function interpret({ status, headers }: Response, text: string): Answer {
  const { status: word, dropped = [], error = {} } = parseObject<CaptureAnswer>(text)
  // A login page of a hotel's network answers 200 as well: only the server's own word counts.
  if (status === 200 && word === 'Ok') return { outcome: 'acknowledged', dropped }
  if (status === 400 || status === 401 || status === 413) {
    const { code = `http_${status}`, message = text.slice(0, 200) } = error
    return { outcome: 'refused', code, message, too_big: status === 413 }
  }
  return { outcome: 'retry', wait_ms: retryAfterMs(headers.get('retry-after')) }
}

// Seconds, or a date.
function retryAfterMs(value: string | null): number {
  const waitMs = Number(value) * 1000 || Date.parse(value || '') - Date.now()
  return Math.min(Math.max(waitMs || 0, 0), MAX_WAIT_MS)
}

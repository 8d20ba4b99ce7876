import { type Answer, interpret, NO_ANSWER } from '../../delivery/answer.ts'
import { sizeOf } from '../../delivery/event-source.ts'

/** A request that hangs must not hold up the queue for ever. */
const ATTEMPT_TIMEOUT_MS = 30_000
/** Browsers let 64 KiB be in flight when a page goes, over all of its requests; less what frames batches. */
export const KEEPALIVE_QUOTA_BYTES = 65_000

/**
 * Sends batches as requests that need no preflight: POST of plain text, without own headers. Never
 * rejects: a blocked request and an offline device are answers like any other.
 */
export function openTransport(url: string): (body: string) => Promise<Answer> {
  let keepalive = true
  return async (body) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        keepalive: keepalive && sizeOf(body) < KEEPALIVE_QUOTA_BYTES,
        credentials: 'omit',
        // Older browsers give up by themselves, if later.
        ...(AbortSignal.timeout && { signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS) }),
      })
      return interpret(response, await response.text())
    } catch {
      // Perhaps other requests of the page had used up the quota: the next attempt does without.
      keepalive = !keepalive
      return NO_ANSWER
    }
  }
}

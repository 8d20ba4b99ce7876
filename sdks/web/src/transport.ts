import { type Answer, interpret, NO_ANSWER } from '../../delivery/answer.ts'

/** A request that hangs must not hold up the queue for ever. */
const ATTEMPT_TIMEOUT_MS = 30_000
/** Browsers let 64 KiB be in flight when a page goes. */
const MAX_KEEPALIVE_BYTES = 61_000

/**
 * Sends one batch as a request that needs no preflight: POST of plain text, without own headers.
 * Never rejects: a blocked request and an offline device are answers like any other.
 */
export async function send(url: string, body: string): Promise<Answer> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), ATTEMPT_TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      keepalive: new Blob([body]).size <= MAX_KEEPALIVE_BYTES,
      credentials: 'omit',
      signal: abort.signal,
    })
    return interpret(response, await response.text())
  } catch {
    return NO_ANSWER
  } finally {
    clearTimeout(timer)
  }
}

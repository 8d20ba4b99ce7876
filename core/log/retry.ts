import { setTimeout as sleep } from 'node:timers/promises'

const FIRST_WAIT_MS = 50
const LAST_WAIT_MS = 5_000

/** Calls until it succeeds, ever more slowly. Resolves with null when `signal` ended it. */
export async function retryUntil<Value>(
  signal: AbortSignal,
  call: () => Promise<Value>,
): Promise<Value | null> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LAST_WAIT_MS)) {
    if (signal.aborted) return null
    try {
      return await call()
    } catch {
      await sleep(waitMs, undefined, { signal }).catch(() => {})
    }
  }
}

/** The same promise, but it rejects as soon as `signal` ends the wait. */
export function orAborted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(new Error('the wait was ended'))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort))
}

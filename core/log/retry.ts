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

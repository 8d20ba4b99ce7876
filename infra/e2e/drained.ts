import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from './stack.ts'

const TIMEOUT_MS = 120_000
/** How often in a row the stack must look drained: a batch may be between two stages. */
const CALM_LOOKS = 3
const BETWEEN_LOOKS_MS = 500

/** Resolves when no shard holds anything back and the consumer has handled the log to its end. */
export async function untilDrained(stack: Stack): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS
  let calm = 0
  while (calm < CALM_LOOKS) {
    if (Date.now() > deadline) throw new Error(`not drained in ${TIMEOUT_MS / 1000} s`)
    const drained = await isDrained(stack).catch(() => false)
    calm = drained ? calm + 1 : 0
    await sleep(BETWEEN_LOOKS_MS)
  }
}

async function isDrained(stack: Stack): Promise<boolean> {
  const metrics = await (await fetch(stack.url('edge', '/_metrics'))).text()
  const backlog = [...metrics.matchAll(/^headwater_edge_backlog_bytes(?:\{[^}]*\})? (\d+)/gm)]
  const held = backlog.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
  if (backlog.length === 0 || held > 0) return false
  const url = stack.url('query', '/api/freshness?project=default')
  const freshness = (await (await fetch(url)).json()) as { lag_records: number }
  return freshness.lag_records === 0
}

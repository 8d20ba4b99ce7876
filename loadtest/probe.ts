import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../infra/e2e/stack.ts'

const BETWEEN_PROBES_MS = 500
const POLL_MS = 50
const GIVE_UP_MS = 60_000

/** Sends one event of its own name after the other and measures acknowledgement to queryable, ms. */
export function probeFreshness(stack: Stack): { stop(): Promise<number[]> } {
  const delays: number[] = []
  let stopped = false
  const run = async () => {
    for (let i = 0; !stopped; i++) {
      delays.push(await probeOnce(stack, `probe_${i}`))
      await sleep(BETWEEN_PROBES_MS)
    }
  }
  const running = run()
  return {
    async stop() {
      stopped = true
      await running
      return delays
    },
  }
}

async function probeOnce(stack: Stack, event: string): Promise<number> {
  const body = JSON.stringify({ api_key: stack.writeKey, event, distinct_id: event })
  const response = await fetch(stack.url('edge', '/capture'), { method: 'POST', body })
  if (response.status !== 200) throw new Error(`probe refused: ${response.status}`)
  const acknowledged = Date.now()
  const url = stack.url('query', `/api/trends?project=default&event=${event}&date_from=-1d`)
  while (Date.now() - acknowledged < GIVE_UP_MS) {
    const result = (await (await fetch(url)).json()) as { series: { total: number }[] }
    if ((result.series[0]?.total ?? 0) > 0) return Date.now() - acknowledged
    await sleep(POLL_MS)
  }
  throw new Error(`${event} was not queryable within ${GIVE_UP_MS / 1000} s`)
}

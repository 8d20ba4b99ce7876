import { setTimeout as sleep } from 'node:timers/promises'
import type { Deployment } from './deployment.ts'

/** How often in a row it must look drained: a batch may be between two stages. */
const CALM_LOOKS = 3
const BETWEEN_LOOKS_MS = 300

/** What the edge and the log still hold. */
export interface Backlog {
  edgeBytes: number
  logRecords: number
}

export async function readBacklog(deployment: Deployment): Promise<Backlog> {
  const metrics = await (await fetch(`${deployment.url('edge')}/_metrics`)).text()
  const shards = [...metrics.matchAll(/^headwater_edge_backlog_bytes(?:\{[^}]*\})? (\d+)/gm)]
  if (shards.length === 0) throw new Error('the edge tells no backlog')
  const url = `${deployment.url('query')}/api/freshness?project=default`
  const response = await fetch(url)
  if (!response.ok) throw new Error(`freshness answered ${response.status}`)
  const freshness = (await response.json()) as { lag_records: number }
  return {
    edgeBytes: shards.reduce((sum, [, bytes]) => sum + Number(bytes), 0),
    logRecords: freshness.lag_records,
  }
}

/** Resolves with the milliseconds it took until neither edge nor log held anything back. */
export async function untilDrained(deployment: Deployment, timeoutMs = 90_000): Promise<number> {
  const started = Date.now()
  let last: unknown
  for (let calm = 0; calm < CALM_LOOKS; ) {
    if (Date.now() - started > timeoutMs) {
      throw new Error(`not drained in ${timeoutMs / 1000} s: ${JSON.stringify(last)}`)
    }
    last = await readBacklog(deployment).catch((error: unknown) => String(error))
    const drained = typeof last === 'object' && last !== null && isEmpty(last as Backlog)
    calm = drained ? calm + 1 : 0
    await sleep(BETWEEN_LOOKS_MS)
  }
  return Date.now() - started - CALM_LOOKS * BETWEEN_LOOKS_MS
}

const isEmpty = ({ edgeBytes, logRecords }: Backlog): boolean => edgeBytes === 0 && logRecords === 0

// What the tests of this folder share: a bridge on some log, and signed batches for it.
import { batchHeaders } from '@headwater/schemas/batch'
import type { Hono } from 'hono'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { type BridgeDeps, createBridgeApp } from './app.ts'

const SECRET = 'a secret that is long enough for a test'
const NOW = 1_763_900_000_000

export function openBridge(deps: Pick<BridgeDeps, 'log' | 'region'>): Hono {
  return createBridgeApp({
    ...deps,
    secret: SECRET,
    clock: () => NOW,
    logger: silentLogger,
    metrics: createMetrics(),
  })
}

export interface TestBatch {
  shard: string
  seq: number
  /** Each record's partition key; its value is its place in the batch. */
  keys: readonly string[]
}

/** Sends a batch, with the same bytes every time. */
export async function sendBatch(bridge: Hono, { shard, seq, keys }: TestBatch): Promise<Response> {
  const frames = keys.map((key, i) => `${JSON.stringify(key)}\tu-${seq}-${i}\t{"n":${i}}\n`)
  const body = new TextEncoder().encode(frames.join(''))
  const headers = await batchHeaders(SECRET, { shard, seq }, keys.length, body, NOW)
  return bridge.request('/v1/batches', { method: 'POST', body, headers })
}

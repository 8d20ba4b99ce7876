// Stage 3 of 8: bridge. In: signed batches from the edge. Out: records on the event log.
// Promise: 2xx only after the log took every record; a batch sent twice is on the log twice, none is lost.
import { promisify } from 'node:util'
import { gunzip, type ZlibOptions } from 'node:zlib'
import { BATCH_PATH, type BatchId, type BatchRefusal, verifyBatch } from '@headwater/schemas/batch'
import { isGzip } from '@headwater/schemas/gzip'
import { MAX_BATCH_BYTES } from '@headwater/schemas/limits'
import { decodeFrames } from '@headwater/schemas/record'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Counter, Histogram } from 'prom-client'
import type { EventLog, LogRecord } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import { addOperations, type HealthCheck } from '../shared/health.ts'
import type { Logger } from '../shared/logger.ts'
import type { Metrics } from '../shared/metrics.ts'
import { type BridgeRegion, strayProject } from './region.ts'

export interface BridgeDeps {
  log: Pick<EventLog, 'append'>
  secret: string
  /** Taken as well, while the secret is being changed. @default none */
  previousSecret?: string | undefined
  /** Whose records it takes. @default those of every region */
  region?: BridgeRegion | undefined
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** What its health is made of. @default none */
  checks?: readonly HealthCheck[]
}

/** Bytes of batches that may wait for the log at once; more are told to come back. */
const MAX_BYTES_IN_FLIGHT = 8 * MAX_BATCH_BYTES
const RETRY_AFTER_S = '1'

const REFUSALS: Record<BatchRefusal, { status: 400 | 401; message: string }> = {
  missing_header: { status: 400, message: 'a batch header is missing or malformed' },
  expired: { status: 401, message: 'the signature is older or newer than the window allows' },
  bad_signature: { status: 401, message: 'the signature does not match the batch' },
}

/** All are counted from 0: Prometheus sees no growth in a count that begins at 1. */
const OUTCOMES = [
  'acknowledged',
  'missing_header',
  'expired',
  'bad_signature',
  'malformed_batch',
  'batch_too_big',
  'wrong_region',
  'overloaded',
  'log_unavailable',
] as const
type Outcome = (typeof OUTCOMES)[number]

export function createBridgeApp(deps: BridgeDeps): Hono {
  const { log, logger, metrics, region, checks = [] } = deps
  const app = new Hono()
  const batches = new Counter({
    name: 'headwater_bridge_batches_total',
    help: 'Batches by outcome',
    labelNames: ['outcome'],
    registers: [metrics],
  })
  for (const outcome of OUTCOMES) batches.inc({ outcome }, 0)
  const records = new Counter({
    name: 'headwater_bridge_records_total',
    help: 'Records acknowledged by the log',
    registers: [metrics],
  })
  const appendSeconds = new Histogram({
    name: 'headwater_bridge_append_seconds',
    help: 'Time the log took to acknowledge a batch',
    registers: [metrics],
  })
  let bytesInFlight = 0

  const refuse = (
    c: Context,
    status: 400 | 401 | 413 | 421 | 503,
    code: Exclude<Outcome, 'acknowledged'>,
    message: string,
  ) => {
    batches.inc({ outcome: code })
    if (status === 503) c.header('retry-after', RETRY_AFTER_S)
    return c.json({ error: { code, message } }, status)
  }

  const limit = bodyLimit({
    maxSize: MAX_BATCH_BYTES,
    onError: (c) => refuse(c, 413, 'batch_too_big', `a batch has at most ${MAX_BATCH_BYTES} bytes`),
  })

  app.post(BATCH_PATH, limit, async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer())
    const id = await verify(deps, (name) => c.req.header(name), body)
    if (typeof id === 'string') return refuse(c, REFUSALS[id].status, id, REFUSALS[id].message)
    let parsed: LogRecord[]
    let frames: Uint8Array
    try {
      frames = isGzip(body) ? await unpack(body, { maxOutputLength: MAX_BATCH_BYTES }) : body
      parsed = toRecords(id, new TextDecoder('utf-8', { fatal: true }).decode(frames))
    } catch (error) {
      return refuse(c, 400, 'malformed_batch', messageOf(error))
    }
    const stray = region ? strayProject(parsed, region) : null
    if (region && stray !== null) {
      logger.log('error', 'wrong_region', { ...id, project: stray, region: region.name })
      // Not a 4xx that sets the batch aside: it is right, and waits until the way to here is repaired.
      return refuse(c, 421, 'wrong_region', `project ${stray} does not belong to ${region.name}`)
    }
    if (bytesInFlight + frames.length > MAX_BYTES_IN_FLIGHT) {
      return refuse(c, 503, 'overloaded', 'too many batches are waiting for the log')
    }
    bytesInFlight += frames.length
    const started = performance.now()
    const facts = () => {
      const duration_ms = Math.round(performance.now() - started)
      return { ...id, records: parsed.length, bytes: body.length, duration_ms }
    }
    try {
      await log.append(parsed)
    } catch (error) {
      logger.log('error', 'append_failed', { ...facts(), error })
      return refuse(c, 503, 'log_unavailable', 'the log did not acknowledge the batch')
    } finally {
      bytesInFlight -= frames.length
      appendSeconds.observe((performance.now() - started) / 1000)
    }
    batches.inc({ outcome: 'acknowledged' })
    records.inc(parsed.length)
    logger.log('debug', 'batch', facts())
    return c.json({ acknowledged: parsed.length })
  })

  addOperations(app, { checks, metrics })
  app.notFound((c) => c.json({ error: { code: 'not_found', message: 'no such path' } }, 404))
  app.onError((error, c) => {
    logger.log('error', 'request_failed', { error })
    return c.json({ error: { code: 'internal', message: 'the bridge failed' } }, 500)
  })
  return app
}

async function verify(
  { secret, previousSecret, clock }: BridgeDeps,
  header: (name: string) => string | undefined,
  body: Uint8Array<ArrayBuffer>,
): Promise<BatchId | BatchRefusal> {
  const id = await verifyBatch(secret, header, body, clock())
  if (id !== 'bad_signature' || !previousSecret) return id
  return verifyBatch(previousSecret, header, body, clock())
}

// A replay of a signed batch within the window only adds copies, which the consumer's fence skips.
function toRecords({ shard, seq }: BatchId, batch: string): LogRecord[] {
  return decodeFrames(batch).map(({ key, uuid, json }, idx) => ({
    key,
    value: json,
    uuid,
    shard,
    seq,
    idx,
  }))
}

const unpack = promisify<Uint8Array, ZlibOptions, Buffer>(gunzip)

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'unreadable'

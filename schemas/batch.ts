// The wire between edge and bridge: POST /v1/batches, headers below, body = frames (record.ts), plain or as
// gzip of one or more members.
import { BATCH_SIGNATURE_WINDOW_MS } from './limits.ts'
import { constantTimeEqual, hex, hmacSha256 } from './signature.ts'

export const BATCH_PATH = '/v1/batches'

/** The buffer's name and incarnation: `<region>:<n>@<incarnation>`. A new storage is a new incarnation,
 * so a buffer that was wiped can never be taken for repeating its old numbers. */
export type ShardName = string

export interface BatchId {
  shard: ShardName
  /** Counts up from 1 within a shard; batch n+1 is sent only after n was acknowledged. */
  seq: number
}

export const BATCH_HEADERS = {
  shard: 'x-headwater-shard',
  seq: 'x-headwater-seq',
  events: 'x-headwater-events',
  time: 'x-headwater-time',
  signature: 'x-headwater-signature',
} as const

export const BATCH_SHARD = /^[a-z0-9-]{1,16}:\d{1,4}@[0-9a-f]{16}$/

/** Signs a batch: HMAC-SHA256 over time, shard, seq and the body's SHA-256, so that none can be swapped. */
export async function batchHeaders(
  secret: string,
  id: BatchId,
  events: number,
  body: Uint8Array<ArrayBuffer>,
  nowMs: number,
): Promise<Record<string, string>> {
  return {
    [BATCH_HEADERS.shard]: id.shard,
    [BATCH_HEADERS.seq]: String(id.seq),
    [BATCH_HEADERS.events]: String(events),
    [BATCH_HEADERS.time]: String(nowMs),
    [BATCH_HEADERS.signature]: await batchSignature(secret, id, nowMs, body),
  }
}

export type BatchRefusal = 'missing_header' | 'expired' | 'bad_signature'

/** Checks a received batch against its headers. Returns its id, or why it is refused. */
export async function verifyBatch(
  secret: string,
  header: (name: string) => string | null | undefined,
  body: Uint8Array<ArrayBuffer>,
  nowMs: number,
): Promise<BatchId | BatchRefusal> {
  const shard = header(BATCH_HEADERS.shard) ?? ''
  const seq = Number(header(BATCH_HEADERS.seq) ?? Number.NaN)
  const time = Number(header(BATCH_HEADERS.time) ?? Number.NaN)
  const signature = header(BATCH_HEADERS.signature) ?? ''
  if (!BATCH_SHARD.test(shard) || !Number.isSafeInteger(seq) || seq < 1 || !signature) {
    return 'missing_header'
  }
  if (!(Math.abs(nowMs - time) <= BATCH_SIGNATURE_WINDOW_MS)) return 'expired'
  const expected = await batchSignature(secret, { shard, seq }, time, body)
  return constantTimeEqual(expected, signature) ? { shard, seq } : 'bad_signature'
}

async function batchSignature(
  secret: string,
  id: BatchId,
  time: number,
  body: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const digest = hex(await crypto.subtle.digest('SHA-256', body))
  return hmacSha256(secret, `${time}\n${id.shard}\n${id.seq}\n${digest}`)
}

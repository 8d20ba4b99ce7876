import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { LogRecord, PartitionProgress, StoredRecord } from './log.ts'
import type { Standing } from './partition-calls.ts'

// How records and standings look in Kafka, whichever client carries them.

export interface KafkaMessage {
  key: string
  value: string
  headers: Record<'uuid' | 'shard' | 'seq' | 'idx', string>
}

export const toMessage = ({ key, value, uuid, shard, seq, idx }: LogRecord): KafkaMessage => ({
  key,
  value,
  headers: { uuid, shard, seq: String(seq), idx: String(idx) },
})

/** What a client hands over of a message; `header` gives a header's text, or null. */
export interface ReadMessage {
  offset: number
  timestamp: number
  key: string
  value: string
  header(name: string): string | null
}

/**
 * A message that others put on the topic has no headers: it is a shard of its own then, so that no
 * fence takes it for a repeat, and whatever it is, it becomes a row or a dead letter.
 */
export function toStoredRecord(message: ReadMessage): StoredRecord {
  const { offset, timestamp, key, value, header } = message
  return {
    key,
    value,
    uuid: header('uuid') ?? `no uuid ${offset}`,
    shard: header('shard') ?? 'foreign',
    seq: numberOf(header('seq')) ?? offset,
    idx: numberOf(header('idx')) ?? 0,
    offset,
    appendedAt: timestamp,
  }
}

/** A standing rides as a committed offset and the text that Kafka keeps beside it. */
export const standingText = ({ planned, lastAppendedAt }: Standing): string =>
  JSON.stringify({ planned, last_appended_at: lastAppendedAt })

/** Null when nothing was committed. A text that is not ours counts as none. */
export function readStanding(offset: number, text: string | null): Standing | null {
  if (offset < 0) return null
  const { planned, last_appended_at } = parseObject(text)
  return {
    next: offset,
    planned: typeof planned === 'number' ? planned : null,
    lastAppendedAt: typeof last_appended_at === 'number' ? last_appended_at : null,
  }
}

/** A group's standings, by partition, as far as others may know them. */
export const toProgress = (standings: ReadonlyMap<number, Standing>): PartitionProgress[] =>
  [...standings].map(([partition, { next, lastAppendedAt }]) => ({
    partition,
    next,
    lastAppendedAt,
  }))

function parseObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function numberOf(text: string | null): number | null {
  const number = text === null ? Number.NaN : Number(text)
  return Number.isSafeInteger(number) ? number : null
}

/** Fast, and events compress 6 to 10 times: what Kafka keeps for days is so much less. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

// At once: batches are small, and handing each to a thread takes longer than to do it.
export const zstd = {
  compress: (bytes: Uint8Array): Buffer => zstdCompressSync(bytes, LEVEL),
  decompress: (bytes: Uint8Array): Buffer => zstdDecompressSync(bytes),
}

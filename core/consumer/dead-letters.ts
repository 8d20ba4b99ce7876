import { createHash } from 'node:crypto'
import type { LogRecord, StoredRecord } from '../log/log.ts'
import type { OffsetRange } from './insert.ts'

/** A record that the store refused for good, of a known place on the log. */
export interface DeadLetter {
  record: StoredRecord
  /** Empty when the record's key names none. */
  project: string
  /** The store's words. */
  error: string
}

/** Where a letter's record was on its log: what tells it from all others. */
export interface LetterPlace {
  log_id: string
  log_partition: number
  log_offset: number
}

const LOG_DIGITS = 8
const MAX_ERROR_LENGTH = 2_000

/** A letter's name: its log, as a few digits of its id's hash, its partition and its offset. */
export const letterId = ({ log_id, log_partition, log_offset }: LetterPlace): string =>
  `${createHash('sha256').update(log_id).digest('hex').slice(0, LOG_DIGITS)}-${log_partition}-${log_offset}`

/** The project that a key names; empty when it names none. */
export const projectOf = (key: string): string => key.slice(0, Math.max(key.indexOf(':'), 0))

/** A letter as the table's row. */
export function letterRow({ record, project, error }: DeadLetter, range: OffsetRange) {
  return {
    project_id: project,
    record_key: record.key.toWellFormed(),
    record: record.value.toWellFormed(),
    uuid: record.uuid.toWellFormed(),
    error: error.slice(0, MAX_ERROR_LENGTH).toWellFormed(),
    log_id: range.logId,
    log_partition: range.partition,
    log_offset: record.offset,
    shard: record.shard,
    seq: record.seq,
    idx: record.idx,
  }
}

/** A letter as it rides the topic of dead letters: its row and its id, under the key of its record. */
export function letterRecord(letter: DeadLetter, range: OffsetRange): LogRecord {
  const row = letterRow(letter, range)
  const { key, uuid, shard, seq, idx } = letter.record
  return { key, uuid, shard, seq, idx, value: JSON.stringify({ id: letterId(row), ...row }) }
}

const REPLAY_SHARD = 'replay@'

/** A shard of its own for every replay, whose records are numbered from 1: no fence has seen it. */
export const replayShard = (randomHex: string): string => `${REPLAY_SHARD}${randomHex}`

/** A replay is judged anew, where a copy of a dead letter is skipped. */
export const isReplay = ({ shard }: LogRecord): boolean => shard.startsWith(REPLAY_SHARD)

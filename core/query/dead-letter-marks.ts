import { type LetterPlace, letterId } from '../consumer/dead-letters.ts'
import { ask, type LetterFacts, type LetterReader, PLACE, scoped } from './dead-letter-rows.ts'
import { SqlParams } from './sql-params.ts'

// What became of letters: their replays, and where the records of those went.

export interface ReplayRow extends LetterPlace {
  /** Of the letter. */
  id: string
  shard: string
  seq: number
  uuid: string
  corrected: boolean
  replayedAtMs: number
}

/** Clocks of servers that stamp rows may differ so much. */
const CLOCKS_MS = 3_600_000

/** The replays of each of these letters, the oldest first, by the letter's id. */
export async function replaysOf(
  reader: LetterReader,
  letters: readonly LetterFacts[],
): Promise<Map<string, ReplayRow[]>> {
  const byLetter = new Map(letters.map(({ id }): [string, ReplayRow[]] => [id, []]))
  if (letters.length === 0) return byLetter
  const params = new SqlParams()
  const offsets = letters.map(({ log_offset }) => log_offset)
  const conditions = [
    scoped(reader, params),
    `log_offset IN ${params.add('Array(Int64)', offsets)}`,
  ]
  const rows = await ask<StoredReplay>(
    reader,
    `SELECT ${PLACE}, shard, seq, uuid, corrected, toUnixTimestamp64Milli(replayed_at) AS replayed_ms
    FROM dead_letter_replays FINAL WHERE ${conditions.join(' AND ')} ORDER BY replayed_ms, shard, seq`,
    params,
  )
  for (const { replayed_ms, ...row } of rows) {
    const place = { ...row, log_offset: Number(row.log_offset) }
    const id = letterId(place)
    byLetter
      .get(id)
      ?.push({ ...place, id, seq: Number(row.seq), replayedAtMs: Number(replayed_ms) })
  }
  return byLetter
}

export interface StoredEvent {
  project_id: string
  uuid: string
  shard: string
  seq: number
}

/**
 * Events of these uuids that were stored since these letters died. What was there before, the consumer
 * has judged them against.
 */
export async function eventsStoredSince(
  reader: LetterReader,
  uuids: readonly string[],
  deadAtMs: number,
): Promise<StoredEvent[]> {
  if (uuids.length === 0) return []
  const params = new SqlParams()
  const conditions = [
    scoped(reader, params),
    `inserted_at >= fromUnixTimestamp64Milli(${params.add('Int64', deadAtMs - CLOCKS_MS)})`,
    `uuid IN ${params.add('Array(UUID)', uuids)}`,
  ]
  const rows = await ask<Omit<StoredEvent, 'seq'> & { seq: string }>(
    reader,
    `SELECT project_id, uuid, shard, seq FROM events WHERE ${conditions.join(' AND ')}`,
    params,
  )
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }))
}

/** Letters that records of these shards became. */
export async function lettersOfShards(
  reader: LetterReader,
  shards: readonly string[],
): Promise<{ id: string; shard: string; seq: number }[]> {
  if (shards.length === 0) return []
  const params = new SqlParams()
  const conditions = [scoped(reader, params), `shard IN ${params.add('Array(String)', shards)}`]
  const rows = await ask<LetterPlace & { shard: string; seq: string }>(
    reader,
    `SELECT DISTINCT ${PLACE}, shard, seq FROM dead_letters WHERE ${conditions.join(' AND ')}`,
    params,
  )
  return rows.map((row) => ({ id: letterId(row), shard: row.shard, seq: Number(row.seq) }))
}

type StoredReplay = Omit<ReplayRow, 'id' | 'log_offset' | 'seq' | 'replayedAtMs'> & {
  log_offset: string
  seq: string
  replayed_ms: string
}

import type {
  Letter,
  LetterList,
  LetterReplay,
  LetterSummary,
} from '@headwater/schemas/dead-letter'
import {
  eventsStoredSince,
  lettersOfShards,
  type ReplayRow,
  replaysOf,
} from './dead-letter-marks.ts'
import { readFacts, uuidOf } from './dead-letter-record.ts'
import { unknownLetter } from './dead-letter-replay.ts'
import {
  findLetters,
  type LetterFacts,
  type LetterReader,
  type LetterRow,
  newestLetters,
} from './dead-letter-rows.ts'

export interface LetterPage {
  limit: number
  /** The id of the letter after which the page begins. */
  before?: string | undefined
}

/** A page of the scope's letters, the newest first. Rejects with QueryRefusal. */
export async function listLetters(
  reader: LetterReader,
  { limit, before }: LetterPage,
): Promise<LetterList> {
  const last = before === undefined ? null : await theLetter(reader, before, 'before')
  // One more tells whether there is another page.
  const rows = await newestLetters(reader, limit + 1, last)
  const page = rows.slice(0, limit)
  const replays = await replaysOf(reader, page)
  return {
    letters: page.map((row) => summaryOf(row, row.head, replays.get(row.id) ?? [])),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  }
}

/** Everything about one letter. Rejects with QueryRefusal. */
export async function showLetter(reader: LetterReader, id: string): Promise<Letter> {
  const letter = await theLetter(reader, id, 'id')
  const replays = (await replaysOf(reader, [letter])).get(id) ?? []
  const { record_key, record, log_id, log_partition, log_offset, shard, seq, idx } = letter
  return {
    ...summaryOf(letter, record, replays),
    record_key,
    record,
    log: { id: log_id, partition: log_partition, offset: log_offset },
    shard,
    seq,
    idx,
    replays: await withOutcomes(reader, letter, replays),
  }
}

async function theLetter(reader: LetterReader, id: string, field: string): Promise<LetterRow> {
  const [letter] = await findLetters(reader, [id])
  if (!letter) throw unknownLetter(id, field)
  return letter
}

function summaryOf(
  letter: LetterFacts,
  record: string,
  replays: readonly ReplayRow[],
): LetterSummary {
  const { id, project_id, uuid, error, deadAtMs } = letter
  const { event, distinct_id } = readFacts(record)
  const last = replays.at(-1)
  return {
    id,
    project: project_id,
    dead_at: new Date(deadAtMs).toISOString(),
    event,
    distinct_id,
    uuid: uuidOf({ record, uuid }),
    error,
    replayed_at: last ? new Date(last.replayedAtMs).toISOString() : null,
  }
}

async function withOutcomes(
  reader: LetterReader,
  letter: LetterRow,
  replays: readonly ReplayRow[],
): Promise<LetterReplay[]> {
  const uuids = [...new Set(replays.map(({ uuid }) => uuid))]
  const shards = [...new Set(replays.map(({ shard }) => shard))]
  const events = await eventsStoredSince(reader, uuids, letter.deadAtMs)
  const died = await lettersOfShards(reader, shards)
  return replays.map(({ shard, seq, uuid, corrected, replayedAtMs }) => {
    const isIt = (record: { shard: string; seq: number }) =>
      record.shard === shard && record.seq === seq
    const dead = died.find(isIt)
    const others = events.some((event) => event.uuid === uuid) ? 'duplicate' : 'pending'
    const outcome = dead ? 'dead' : events.some(isIt) ? 'stored' : others
    const replayed_at = new Date(replayedAtMs).toISOString()
    return { replayed_at, uuid, corrected, outcome, letter: dead?.id ?? null }
  })
}

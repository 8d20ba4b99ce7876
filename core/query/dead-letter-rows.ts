import { placeInLog } from '@headwater/schemas/dead-letter'
import { type LetterPlace, letterId } from '../consumer/dead-letters.ts'
import type { QueryOptions, QueryStore } from '../store/store.ts'
import { SqlParams } from './sql-params.ts'

/** Whose letters are seen: a project's, or (null, for the operator) all, those of no project too. */
export type LetterScope = string | null

/** Asks the store on behalf of one caller, who sees one scope. */
export interface LetterReader {
  store: Pick<QueryStore, 'query'>
  scope: LetterScope
  options?: QueryOptions
}

export interface LetterFacts extends LetterPlace {
  id: string
  project_id: string
  /** As the log's header had it. */
  uuid: string
  error: string
  deadAtMs: number
}

/** A letter for a list, with as much of its record as tells what it is. */
export interface LetterHead extends LetterFacts {
  head: string
}

export interface LetterRow extends LetterFacts {
  record_key: string
  record: string
  shard: string
  seq: number
  idx: number
}

const HEAD_CHARACTERS = 4_096
export const PLACE = 'log_id, log_partition, log_offset'
const FACTS = `project_id, ${PLACE}, uuid, error, toUnixTimestamp64Milli(dead_at) AS dead_ms`
const WHOLE = `${FACTS}, record_key, record, shard, seq, idx`

/** The newest letters, or the newest of those before one. */
export async function newestLetters(
  reader: LetterReader,
  limit: number,
  before: LetterFacts | null,
): Promise<LetterHead[]> {
  const params = new SqlParams()
  const conditions = [
    scoped(reader, params),
    ...(before
      ? [
          `(toUnixTimestamp64Milli(dead_at), ${PLACE}) <
            (${params.add('Int64', before.deadAtMs)}, ${placeOf(before, params)})`,
        ]
      : []),
  ]
  const rows = await ask<Stored & { head: string }>(
    reader,
    `SELECT ${FACTS}, leftUTF8(record, ${HEAD_CHARACTERS}) AS head
    FROM dead_letters FINAL WHERE ${conditions.join(' AND ')}
    ORDER BY dead_ms DESC, log_id DESC, log_partition DESC, log_offset DESC LIMIT ${limit}`,
    params,
  )
  return rows.map((row) => ({ ...factsOf(row), head: row.head }))
}

/** The letters of these ids that there are in the scope, in order of the log. */
export async function findLetters(
  reader: LetterReader,
  ids: readonly string[],
): Promise<LetterRow[]> {
  const wanted = new Set(ids)
  const params = new SqlParams()
  const offsets = ids.map((id) => placeInLog(id)?.offset ?? 0)
  const conditions = [
    scoped(reader, params),
    `log_offset IN ${params.add('Array(Int64)', offsets)}`,
  ]
  const rows = await ask<StoredWhole>(
    reader,
    `SELECT ${WHOLE} FROM dead_letters FINAL WHERE ${conditions.join(' AND ')} ORDER BY ${PLACE}`,
    params,
  )
  return rows.map(toLetterRow).filter(({ id }) => wanted.has(id))
}

/** When the newest letter died, ms since 1970. */
export async function newestDeath(reader: LetterReader): Promise<number> {
  const params = new SqlParams()
  const where = scoped(reader, params)
  const [row] = await ask<{ newest: string }>(
    reader,
    `SELECT toUnixTimestamp64Milli(max(dead_at)) AS newest FROM dead_letters WHERE ${where}`,
    params,
  )
  return Number(row?.newest ?? 0)
}

/** Letters that were never replayed and died by then, in order of the log, from after a place on. */
export async function unreplayedLetters(
  reader: LetterReader,
  diedBy: number,
  after: LetterPlace | null,
  limit: number,
): Promise<LetterRow[]> {
  const params = new SqlParams()
  const replayed = scoped(reader, params)
  const conditions = [
    scoped(reader, params),
    `toUnixTimestamp64Milli(dead_at) <= ${params.add('Int64', diedBy)}`,
    ...(after ? [`(${PLACE}) > (${placeOf(after, params)})`] : []),
    `(${PLACE}) NOT IN (SELECT ${PLACE} FROM dead_letter_replays WHERE ${replayed})`,
  ]
  const rows = await ask<StoredWhole>(
    reader,
    `SELECT ${WHOLE} FROM dead_letters FINAL
    WHERE ${conditions.join(' AND ')} ORDER BY ${PLACE} LIMIT ${limit}`,
    params,
  )
  return rows.map(toLetterRow)
}

interface Stored extends Omit<LetterFacts, 'id' | 'log_offset' | 'deadAtMs'> {
  log_offset: string
  dead_ms: string
}
type StoredWhole = Stored & Omit<LetterRow, keyof LetterFacts | 'seq'> & { seq: string }
export function ask<Row>(
  { store, options }: LetterReader,
  text: string,
  params: SqlParams,
): Promise<Row[]> {
  return store.query<Row>({ text, params: params.values }, options)
}

/** Comes first in every query: no project sees another's letters. */
export const scoped = ({ scope }: LetterReader, params: SqlParams): string =>
  scope === null ? '1' : `project_id = ${params.add('String', scope)}`

const placeOf = ({ log_id, log_partition, log_offset }: LetterPlace, params: SqlParams): string =>
  [
    params.add('String', log_id),
    params.add('UInt32', log_partition),
    params.add('Int64', log_offset),
  ].join(', ')

function factsOf(row: Stored): LetterFacts {
  const { project_id, log_id, log_partition, uuid, error } = row
  const place = { log_id, log_partition, log_offset: Number(row.log_offset) }
  return { ...place, id: letterId(place), project_id, uuid, error, deadAtMs: Number(row.dead_ms) }
}

function toLetterRow(row: StoredWhole): LetterRow {
  const { record_key, record, shard, idx } = row
  return { ...factsOf(row), record_key, record, shard, seq: Number(row.seq), idx }
}

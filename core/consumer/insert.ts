import { toRowJson } from '@headwater/schemas/row'
import type { StoredRecord } from '../log/log.ts'
import { type EventStore, StoreError, type StoreTable } from '../store/store.ts'
import { type DeadLetter, letterRow } from './dead-letters.ts'

/** A record that is to be stored. */
export interface Candidate {
  record: StoredRecord
  project: string
}

/** Offsets of one call, both ends included: what an insert is known by, whatever is left to insert of it. */
export interface OffsetRange {
  logId: string
  partition: number
  first: number
  last: number
}

export interface InsertReport {
  rows: number
  bytes: number
  deadLetters: DeadLetter[]
  retries: number
}

export interface InsertDeps {
  store: Pick<EventStore, 'insert'>
  /** Told of every failed try, so that a store that is away is seen. */
  onRetry(error: unknown): void
  /** Aborted: nothing more is tried. */
  signal: AbortSignal
  /** Waits between two tries. */
  sleep(ms: number): Promise<void>
}

const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5_000

/** A record is tried so often before it is given up. */
const MIN_REFUSALS = 3

interface Attempt {
  range: OffsetRange
  candidates: readonly Candidate[]
  /** How often the store refused inserts that these were in. */
  refusals: number
}

/**
 * Stores candidates; what the store refuses is halved until the offender stands alone and becomes a
 * dead letter. The halves are halves of the range: whoever repeats the call makes the same ones. Rejects
 * only when aborted while the store is away; then nothing more is written.
 */
export async function insertAll(
  deps: InsertDeps,
  range: OffsetRange,
  all: readonly Candidate[],
): Promise<InsertReport> {
  const report: InsertReport = { rows: 0, bytes: 0, deadLetters: [], retries: 0 }
  const pending: Attempt[] = [{ range, candidates: all, refusals: 0 }]
  for (let attempt = pending.pop(); attempt; attempt = pending.pop()) {
    const refusal = await insertOnce(deps, attempt, report)
    if (refusal === null) continue
    const { candidates, refusals } = attempt
    const [only] = candidates
    if (candidates.length > 1) {
      pending.push(...halves(attempt))
    } else if (refusals + 1 < MIN_REFUSALS) {
      pending.push({ ...attempt, refusals: refusals + 1 })
    } else if (only) {
      report.deadLetters.push({ ...only, error: refusal })
    }
  }
  // Last: a stopped process may still be at this very call. Whoever repeats it must meet the same
  // refusals, and so the same halves, for as long as any row can still arrive from there.
  for (const letter of report.deadLetters) await keepDeadLetter(deps, letter, range, report)
  return report
}

// The later half first: the earlier one is popped, and so stored, before it.
function halves({ range, candidates, refusals }: Attempt): Attempt[] {
  const middle = Math.floor((range.first + range.last) / 2)
  const [earlier, later] = [
    { ...range, last: middle },
    { ...range, first: middle + 1 },
  ]
  const within = ({ first, last }: OffsetRange) =>
    candidates.filter(({ record }) => record.offset >= first && record.offset <= last)
  return [later, earlier].map((half) => ({
    range: half,
    candidates: within(half),
    refusals: refusals + 1,
  }))
}

// Null when the rows are in; the store's words when it refuses them for good.
async function insertOnce(
  deps: InsertDeps,
  { range, candidates }: Attempt,
  report: InsertReport,
): Promise<string | null> {
  if (candidates.length === 0) return null
  let rows: string[]
  try {
    rows = candidates.map(({ record }) => toRowJson(record.value, placeOf(record, range)))
  } catch (error) {
    return String(error)
  }
  const refusal = await insertRetrying(deps, 'events', rows, tokenOf(range), report)
  if (refusal !== null) return refusal
  report.rows += rows.length
  for (const row of rows) report.bytes += row.length
  return null
}

async function keepDeadLetter(
  deps: InsertDeps,
  letter: DeadLetter,
  range: OffsetRange,
  report: InsertReport,
): Promise<void> {
  const { offset } = letter.record
  const refusal = await insertRetrying(
    deps,
    'dead_letters',
    [JSON.stringify(letterRow(letter, range))],
    `dead/${tokenOf({ ...range, first: offset, last: offset })}`,
    report,
  )
  if (refusal !== null) throw new Error(`a dead letter was refused: ${refusal}`)
}

// The same rows under the same token until the store answers: a try that was stored after all is
// recognised by its token.
async function insertRetrying(
  { store, onRetry, signal, sleep }: InsertDeps,
  table: StoreTable,
  rows: string[],
  token: string,
  report: InsertReport,
): Promise<string | null> {
  for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)) {
    try {
      await store.insert(table, rows, token)
      return null
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'refused') return error.message
      if (signal.aborted) throw error
      report.retries++
      onRetry(error)
      await sleep(waitMs)
    }
  }
}

function placeOf({ offset, shard, seq, idx }: StoredRecord, { logId, partition }: OffsetRange) {
  return { log_id: logId, log_partition: partition, log_offset: offset, shard, seq, idx }
}

function tokenOf({ logId, partition, first, last }: OffsetRange): string {
  return `${logId}/${partition}/${first}-${last}`
}

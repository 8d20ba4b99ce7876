import { toRowJson } from '@headwater/schemas/row'
import type { StoredRecord } from '../log/log.ts'
import { type EventStore, StoreError } from '../store/store.ts'

/** A record that is to be stored, with the rest of its place. */
export interface Candidate {
  record: StoredRecord
  partition: number
  logId: string
  project: string
}

export interface InsertReport {
  rows: number
  bytes: number
  deadLetters: { candidate: Candidate; error: string }[]
  retries: number
}

export interface InsertDeps {
  store: Pick<EventStore, 'insert'>
  /** Told of every failed try, so that a store that is away is seen. */
  onRetry(error: unknown): void
  isStopped(): boolean
  /** Waits between two tries. */
  sleep(ms: number): Promise<void>
}

const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5_000

/**
 * Stores candidates; what the store refuses is halved until the offender stands alone and becomes a
 * dead letter. Rejects only when stopped while the store is away; then nothing more is written.
 */
export async function insertAll(
  deps: InsertDeps,
  all: readonly Candidate[],
): Promise<InsertReport> {
  const report: InsertReport = { rows: 0, bytes: 0, deadLetters: [], retries: 0 }
  const pending: (readonly Candidate[])[] = all.length > 0 ? [all] : []
  for (let candidates = pending.pop(); candidates; candidates = pending.pop()) {
    const refusal = await insertOnce(deps, candidates, report)
    if (refusal === null) continue
    const [only] = candidates
    if (candidates.length === 1 && only) {
      report.deadLetters.push({ candidate: only, error: refusal })
      await keepDeadLetter(deps, only, refusal, report)
      continue
    }
    const middle = Math.ceil(candidates.length / 2)
    pending.push(candidates.slice(middle), candidates.slice(0, middle))
  }
  return report
}

// Null when the rows are in; the store's words when it refuses them for good.
async function insertOnce(
  deps: InsertDeps,
  candidates: readonly Candidate[],
  report: InsertReport,
) {
  let rows: string[]
  try {
    rows = candidates.map(toRow)
  } catch (error) {
    return String(error)
  }
  const refusal = await insertRetrying(deps, 'events', rows, tokenOf(candidates), report)
  if (refusal !== null) return refusal
  report.rows += rows.length
  for (const row of rows) report.bytes += row.length
  return null
}

async function keepDeadLetter(
  deps: InsertDeps,
  candidate: Candidate,
  error: string,
  report: InsertReport,
): Promise<void> {
  const { record, partition, logId, project } = candidate
  const row = JSON.stringify({
    project_id: project,
    record_key: record.key.toWellFormed(),
    record: record.value.toWellFormed(),
    error: error.slice(0, 2_000),
    ...placeOf(record, partition, logId),
  })
  const refusal = await insertRetrying(
    deps,
    'dead_letters',
    [row],
    `dead/${tokenOf([candidate])}`,
    report,
  )
  if (refusal !== null) throw new Error(`a dead letter was refused: ${refusal}`)
}

// The same rows under the same token until the store answers: a try that was stored after all is
// recognised by its token.
async function insertRetrying(
  { store, onRetry, isStopped, sleep }: InsertDeps,
  table: 'events' | 'dead_letters',
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
      if (isStopped()) throw error
      report.retries++
      onRetry(error)
      await sleep(waitMs)
    }
  }
}

function toRow({ record, partition, logId }: Candidate): string {
  return toRowJson(record.value, placeOf(record, partition, logId))
}

function placeOf({ offset, shard, seq, idx }: StoredRecord, partition: number, logId: string) {
  return { log_id: logId, log_partition: partition, log_offset: offset, shard, seq, idx }
}

function tokenOf(candidates: readonly Candidate[]): string {
  const first = candidates[0]
  const last = candidates.at(-1)
  if (!first || !last) throw new Error('nothing to insert')
  return `${first.logId}/${first.partition}/${first.record.offset}-${last.record.offset}/${candidates.length}`
}

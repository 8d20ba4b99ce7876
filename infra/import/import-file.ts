import type { DroppedEvent } from '@headwater/schemas/event'
import { batchesOf, type OutcomeBatch } from './batches.ts'
import type { Verdict } from './capture-client.ts'
import { type Outcome, type OutcomeOptions, outcomesOf } from './outcome.ts'
import { type ReadOptions, rowsOfFile } from './read/rows-of-file.ts'
import type { Rejects } from './rejects.ts'
import { type FileState, MAX_SHOWN_DROPS, type Reject } from './state.ts'

export interface ImportFileOptions {
  read: ReadOptions
  outcomes: OutcomeOptions
  /** Resolves with the word about each of these events, given as JSON. */
  send: (events: readonly string[]) => Promise<Verdict>
  /** Requests at a time. */
  concurrency: number
  rejects: Pick<Rejects, 'add'>
  /** Told after each batch that counts. */
  onCounted: () => void
  /** Ends the reading; what is on its way is still waited for. */
  stop: AbortSignal
}

interface Sent {
  batch: OutcomeBatch
  answer: Promise<Verdict>
}

/**
 * Sends what a file comes to, from where its state says, and counts it there. Several requests are on
 * their way, but what they said counts in the order of the file: so one number says how far it is.
 */
export async function importFile(file: FileState, options: ImportFileOptions): Promise<void> {
  const { concurrency, send, stop } = options
  const onTheWay: Sent[] = []
  const countOldest = async () => {
    const [oldest] = onTheWay
    if (!oldest) return
    count(file, oldest.batch, await oldest.answer, options.rejects)
    onTheWay.shift()
    options.onCounted()
  }
  try {
    for await (const batch of batchesOf(groupsOf(file.path, options), file.outcomes)) {
      if (stop.aborted) break
      const events = batch.events.map(({ json }) => json)
      const answer = events.length > 0 ? send(events) : Promise.resolve(NOTHING_SENT)
      // It is awaited in its turn; until then nobody else may call a failure unhandled.
      answer.catch(() => {})
      onTheWay.push({ batch, answer })
      while (onTheWay.length >= concurrency) await countOldest()
    }
    while (onTheWay.length > 0) await countOldest()
  } finally {
    await Promise.allSettled(onTheWay.map(({ answer }) => answer))
  }
  if (stop.aborted) return
  file.is_complete = true
  options.onCounted()
}

const NOTHING_SENT: Verdict = { accepted: 0, dropped: [] }

async function* groupsOf(path: string, { read, outcomes }: ImportFileOptions) {
  for await (const rows of rowsOfFile(path, read)) yield outcomesOf(rows, outcomes)
}

function count(
  file: FileState,
  { outcomes, events }: OutcomeBatch,
  { accepted, dropped }: Verdict,
  rejects: ImportFileOptions['rejects'],
): void {
  const before = outcomes.flatMap((one) => (one.kind === 'dropped' ? [rejectOf(file, one)] : []))
  const after = dropped.flatMap((drop) => {
    const event = events[drop.index]
    return event ? [rejectOfEvent(file, event, drop)] : []
  })
  const rejected = [...before, ...after].sort((a, b) => a.line - b.line)
  // First, because the disk may be full: what is counted has to have been written.
  rejects.add(rejected)
  for (const { row: _, ...shown } of rejected) {
    add(file.dropped, shown.reason)
    if (file.first_drops.length < MAX_SHOWN_DROPS) file.first_drops.push(shown)
  }
  for (const outcome of outcomes) {
    if (outcome.isRow) file.rows++
    if (outcome.kind === 'skipped') add(file.skipped, outcome.reason)
  }
  file.accepted += accepted
  file.outcomes += outcomes.length
}

function rejectOf(file: FileState, outcome: Extract<Outcome, { kind: 'dropped' }>): Reject {
  const { place, reason, message, text } = outcome
  return { ...placed(file, place), reason, message, uuid: null, row: text }
}

function rejectOfEvent(
  file: FileState,
  { place, uuid, value }: Extract<Outcome, { kind: 'event' }>,
  { reason, message }: DroppedEvent,
): Reject {
  return { ...placed(file, place), reason, message, uuid, row: JSON.stringify(value) }
}

function placed({ path }: FileState, { member, line }: Outcome['place']) {
  return { file: member ? `${path}/${member}` : path, line }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

import type { Outcome } from './outcome.ts'

/** A request's body before gzip; far below what capture takes, so that a lost answer repeats little. */
const MAX_BATCH_BYTES = 1024 * 1024
const MAX_BATCH_EVENTS = 2_000
/** Outcomes without an event are to be counted from time to time, too. */
const MAX_BATCH_OUTCOMES = 20_000

/** Outcomes that follow each other, and are acknowledged together. */
export interface OutcomeBatch {
  outcomes: Outcome[]
  /** Those that are events, in the order in which they are sent. */
  events: Extract<Outcome, { kind: 'event' }>[]
}

/** Gathers outcomes by the length of their events, after passing over the first `done`. */
export async function* batchesOf(
  outcomes: AsyncIterable<Iterable<Outcome>>,
  done: number,
): AsyncGenerator<OutcomeBatch> {
  let batch: OutcomeBatch = { outcomes: [], events: [] }
  let length = 0
  let passed = 0
  for await (const group of outcomes) {
    for (const outcome of group) {
      if (passed++ < done) continue
      const added = outcome.kind === 'event' ? outcome.json.length : 0
      const isFull =
        length + added > MAX_BATCH_BYTES ||
        batch.events.length >= MAX_BATCH_EVENTS ||
        batch.outcomes.length >= MAX_BATCH_OUTCOMES
      if (isFull && batch.outcomes.length > 0) {
        yield batch
        batch = { outcomes: [], events: [] }
        length = 0
      }
      batch.outcomes.push(outcome)
      if (outcome.kind === 'event') batch.events.push(outcome)
      length += added
    }
  }
  if (batch.outcomes.length > 0) yield batch
}

import type { TimeState } from '@headwater/schemas/insights/time-state'
import type { Range } from './date-range.ts'
import type { Moment } from './insight.ts'

/** Whether each bucket's number may still change. */
export function bucketStates(
  starts: readonly number[],
  { to }: Pick<Range, 'to'>,
  { now, completeUntil }: Pick<Moment, 'now' | 'completeUntil'>,
): TimeState[] {
  const known = Math.min(now, completeUntil ?? now)
  return starts.map((start, place) => {
    if (start >= now) return 'future'
    return (starts[place + 1] ?? to) > known ? 'incomplete' : 'complete'
  })
}

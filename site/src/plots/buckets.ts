import type { Interval } from '@headwater/schemas/insight'
import type * as Plot from '@observablehq/plot'
import { formatTick, wallTime } from '../lib/format.ts'

const HOUR_MS = 3_600_000
const LENGTH_MS = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS }
const MONTHS = { month: 1, quarter: 3, year: 12 }

/** Where a bucket ends, on the wall clock of its zone. */
export function nextWallTime(bucket: string, interval: Interval): Date {
  const start = wallTime(bucket)
  if (interval in LENGTH_MS) {
    return new Date(start.getTime() + LENGTH_MS[interval as keyof typeof LENGTH_MS])
  }
  const month = start.getUTCMonth() + MONTHS[interval as keyof typeof MONTHS]
  return new Date(Date.UTC(start.getUTCFullYear(), month, start.getUTCDate()))
}

/** Ticks of buckets. Plot's own tell hours as 12 AM; everything else here counts to 24. */
export function clockTicks(interval: Interval): Plot.AxisXOptions {
  if (interval !== 'hour' && interval !== 'minute') return {}
  let lastDay = ''
  return {
    tickFormat: (date: Date, index: number) => {
      const [day, clock] = formatTick(date)
      const isNew = index === 0 || day !== lastDay
      lastDay = day
      return isNew ? `${clock}\n${day}` : clock
    },
  }
}

/** How many ticks a count has, whose ticks are whole numbers. */
export function yTicks(top: number): number {
  return Math.max(1, Math.min(5, Math.floor(top)))
}

/** Whether everything of a bucket was received before the answer. */
export function isComplete(
  bucket: string,
  { complete_until, interval }: { complete_until: string | null; interval: Interval },
): boolean {
  if (complete_until === null) return true
  const lengthMs = nextWallTime(bucket, interval).getTime() - wallTime(bucket).getTime()
  return Date.parse(complete_until) >= Date.parse(bucket) + lengthMs
}

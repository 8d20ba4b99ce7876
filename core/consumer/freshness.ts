import type { EventLog } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import type { HealthCheck } from '../shared/health.ts'

/** How far the store is complete; read before a question is asked, so that the answer covers it. */
export interface FreshnessSource {
  read(): Promise<FreshnessReading>
}

export interface FreshnessReading {
  /** Everything the log acknowledged before this is in the store, ms since 1970; null: nothing ever came. */
  complete_until: number | null
  /** Records on the log that are not in the store yet. */
  lag_records: number
}

/** Compares the log's ends with what the group has handled, wherever its members run. */
export function logFreshness(
  log: Pick<EventLog, 'partitions' | 'progress'>,
  group: string,
  clock: Clock,
): FreshnessSource {
  /** When a partition was last seen with nothing to do: it is complete up to then at the least. */
  const completeAt = new Map<number, number>()
  return {
    async read() {
      const now = clock()
      // Before the ends: what is handled meanwhile makes the lag look greater, never smaller.
      const progress = await log.progress(group)
      const byPartition = new Map(progress.map((reading) => [reading.partition, reading]))
      let lag = 0
      let ever = false
      let until = now
      for (const { partition, start, end } of await log.partitions()) {
        ever ||= end > 0
        const handled = byPartition.get(partition)
        const behind = end - Math.max(handled?.next ?? start, start)
        lag += Math.max(behind, 0)
        if (behind <= 0) completeAt.set(partition, now)
        // Under a steady load there is always something to do; what is handled was taken in order.
        const complete = Math.max(completeAt.get(partition) ?? 0, handled?.lastAppendedAt ?? 0)
        until = Math.min(until, complete)
      }
      return { complete_until: ever && until > 0 ? until : null, lag_records: lag }
    },
  }
}

/** Red when the store is behind by more than this. */
export function lagCheck(
  freshness: FreshnessSource,
  maxSeconds: number,
  clock: Clock,
): HealthCheck {
  return {
    name: 'lag',
    async run() {
      const { complete_until, lag_records } = await freshness.read()
      if (lag_records === 0) return null
      const seconds = complete_until === null ? null : (clock() - complete_until) / 1000
      if (seconds !== null && seconds <= maxSeconds) return null
      const behind = seconds === null ? 'an unknown time' : `${Math.round(seconds)} s`
      return `the store is behind by ${behind} and ${lag_records} records`
    },
  }
}

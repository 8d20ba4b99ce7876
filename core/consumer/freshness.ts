import type { EventLog } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'

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

/** How far a consumer has come in a partition. */
export interface Handled {
  /** Offset of the next record to handle. */
  next: number
  /** When the log took the last record that was handled; null when none was since the start. */
  lastAppendedAt: number | null
}

/** What the source must know of a consumer in this process. */
export interface Progress {
  /** By partition. */
  readonly handled: ReadonlyMap<number, Handled>
}

/** Compares the log's ends with what the consumer of this process has handled. */
export function logFreshness(
  log: Pick<EventLog, 'partitions'>,
  progress: Progress,
  clock: Clock,
): FreshnessSource {
  /** When a partition was last seen with nothing to do: it is complete up to then at the least. */
  const completeAt = new Map<number, number>()
  return {
    async read() {
      const now = clock()
      let lag = 0
      let ever = false
      let until = now
      for (const { partition, start, end } of await log.partitions()) {
        ever ||= end > 0
        const handled = progress.handled.get(partition)
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

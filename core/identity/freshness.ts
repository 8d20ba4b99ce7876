import type { FreshnessReading, FreshnessSource } from '../consumer/freshness.ts'
import type { Clock } from '../shared/clock.ts'
import { type Metrics, sharedReading, showReading } from '../shared/metrics.ts'
import { type QueryStore, StoreError } from '../store/store.ts'
import { type IdentityProgress, readProgress } from './progress.ts'

/** What was true half a second ago still is: it only claims a little less. */
const REREAD_MS = 500

export interface IdentityFreshnessDeps {
  /** Of the store. */
  freshness: FreshnessSource
  store: Pick<QueryStore, 'query' | 'dataVersion'>
  clock: Clock
}

/**
 * How far answers are complete: what is in the store, and of whose persons it is known, too. Null until
 * persons were made of the events for the first time.
 */
export function identityFreshness({
  freshness,
  store,
  clock,
}: IdentityFreshnessDeps): FreshnessSource {
  let last: { at: number; reading: Promise<number | null> } | null = null
  let known: number | null = null
  const completeUntil = (): Promise<number | null> => {
    if (last && clock() - last.at < REREAD_MS) return last.reading
    const reading = readStanding(freshness, store).then(
      ({ completeUntil }) => (known = completeUntil),
      (error: unknown) => {
        // What was true before the store went away still is; what is asked of the store says that it did.
        if (error instanceof StoreError) return known
        throw error
      },
    )
    last = { at: clock(), reading }
    return reading
  }
  return {
    async read() {
      const [stored, persons] = await Promise.all([freshness.read(), completeUntil()])
      return { ...stored, complete_until: earlier(stored.complete_until, persons) }
    },
  }
}

/** Shows how far persons are behind the store. */
export function showIdentityLag(
  metrics: Metrics,
  { freshness, store }: Omit<IdentityFreshnessDeps, 'clock'>,
): void {
  const standing = sharedReading(() => readStanding(freshness, store))
  showReading(metrics, {
    name: 'headwater_identity_lag_seconds',
    help: 'How much later the store is complete than what is known of persons; NaN while either is not known',
    async read() {
      const { stored, completeUntil } = await standing()
      if (stored.complete_until === null || completeUntil === null) return Number.NaN
      return Math.max(stored.complete_until - completeUntil, 0) / 1000
    },
  })
  showReading(metrics, {
    name: 'headwater_identity_lag_events',
    help: 'Events in the store that were not looked through for persons yet; NaN while that is not known',
    async read() {
      const { progress, isUpToDate } = await standing()
      if (isUpToDate) return 0
      return progress ? insertedSince(store, progress.readUntil) : Number.NaN
    },
  })
}

interface Standing {
  stored: FreshnessReading
  progress: IdentityProgress | null
  /** Whether all that is in the store was read. */
  isUpToDate: boolean
  /** Up to when persons are complete, ms. */
  completeUntil: number | null
}

// In this order: what the store has of later than the first reading can only make the version another.
async function readStanding(
  freshness: FreshnessSource,
  store: IdentityFreshnessDeps['store'],
): Promise<Standing> {
  const stored = await freshness.read()
  const [version, progress] = await Promise.all([store.dataVersion(), readProgress(store)])
  const isUpToDate = progress?.dataVersion === version
  return {
    stored,
    progress,
    isUpToDate,
    completeUntil: isUpToDate ? stored.complete_until : (progress?.completeUntil ?? null),
  }
}

async function insertedSince(store: Pick<QueryStore, 'query'>, ms: number): Promise<number> {
  const [row] = await store.query<{ events: string }>({
    text: `SELECT count() AS events FROM events
  WHERE inserted_at >= fromUnixTimestamp64Milli({ms:Int64})`,
    params: { ms },
  })
  return Number(row?.events ?? 0)
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.min(a, b)

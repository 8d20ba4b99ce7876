import type { EventLog, StoredRecord } from '../log/log.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import type { EventStore, QueryStore } from '../store/store.ts'
import { consumerMetrics } from './metrics.ts'
import { Consumer, type ConsumerDeps } from './run.ts'
import { storePlaces } from './store-places.ts'

export const NEVER = new AbortController().signal
export const SHARD = 'local:0@0123456789abcdef'

export interface TestConsumerOptions extends Partial<Omit<ConsumerDeps, 'store'>> {
  log: Pick<EventLog, 'id'>
  store: EventStore & QueryStore
  /** Where inserts go. @default the store */
  inserts?: Pick<EventStore, 'insert'>
}

/** A consumer that waits for nothing between two tries. */
export function testConsumer({ store, inserts = store, ...deps }: TestConsumerOptions): Consumer {
  return new Consumer({
    store: inserts,
    places: storePlaces(store),
    clock: Date.now,
    sleep: () => Promise.resolve(),
    logger: silentLogger,
    metrics: consumerMetrics(createMetrics()),
    windowSize: 1_000,
    repeatsMs: 3_600_000,
    ...deps,
  })
}

export interface Change {
  seq?: number
  idx?: number
  uuid?: number
  project?: string
  shard?: string
  received_at?: number
}

/** A good record of its offset; its uuid, too, is the offset's unless it is changed. */
export function record(offset: number, change: Change = {}): StoredRecord {
  const { seq = 1, idx = offset, uuid: number = offset, project = 'default' } = change
  const { shard = SHARD, received_at = Date.now() } = change
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const value = JSON.stringify({
    uuid,
    project_id: project,
    event: 'e',
    distinct_id: 'ann',
    timestamp: Date.now(),
    received_at,
    properties: { n: offset },
  })
  return { key: `${project}:ann`, value, uuid, shard, seq, idx, offset, appendedAt: Date.now() }
}

/** The same record, but of a number that no store takes. */
export function poisoned(good: StoredRecord): StoredRecord {
  return { ...good, value: good.value.replace(/"n":\d+/, `"n":${'9'.repeat(30)}`) }
}

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testClient } from '../query/test-api.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { type ChdbStore, openChdbStore } from '../store/chdb.ts'
import { sampleRows } from '../store/sample-row.ts'
import { type QueryStore, StoreError } from '../store/store.ts'
import { identityFreshness, showIdentityLag } from './freshness.ts'
import { startIdentity } from './start.ts'

const NOON = Date.UTC(2026, 5, 15, 12)

let folder: string
let store: ChdbStore
/** What the clock says, and up to when everything is in the store. */
let now = NOON
const stored = { read: async () => ({ complete_until: now, lag_records: 0 }) }
const freshness = () => identityFreshness({ freshness: stored, store, clock: () => now })
const completeUntil = async () => (await freshness().read()).complete_until

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-identity-freshness-'))
  store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
})
afterAll(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

/** Somebody who was anonymous is known from now on. */
async function identify(id: string): Promise<void> {
  const properties = { $anon_distinct_id: `anon ${id}` } as never
  const event = { event: '$identify', distinct_id: id, properties, timestamp: now }
  const before = { event: 'view', distinct_id: `anon ${id}`, timestamp: now }
  await store.insert('events', sampleRows([before, event]), randomUUID())
}

/** Who settles their persons, as often as is asked for and at no other time. */
async function rounds(number: number): Promise<void> {
  for (let i = 0; i < number; i++) {
    const identity = startIdentity({
      store,
      freshness: stored,
      clock: () => now,
      logger: silentLogger,
    })
    await identity.catchUp()
    await identity.close()
  }
}

async function lag(): Promise<string> {
  const metrics = createMetrics()
  showIdentityLag(metrics, { freshness: stored, store })
  const text = await metrics.metrics()
  const values = text.split('\n').filter((line) => /^headwater_/.test(line))
  return values.map((line) => line.replace('headwater_identity_lag_', '')).join(', ')
}

describe('how far answers are complete', () => {
  it('is not told before persons were made of the events', async () => {
    await identify('first')
    now += 1_000
    expect(await completeUntil()).toBeNull()
    expect(await lag()).toBe('seconds Nan, events Nan')
  })

  it('is as far as the store is while all of that was looked through', async () => {
    await rounds(2)
    expect(await completeUntil()).toBe(now)
    // Nothing arrives, and time goes on.
    now += 60_000
    expect(await completeUntil()).toBe(now)
    expect(await lag()).toBe('seconds 0, events 0')
  })

  it('stays where it was until what the store has of later is looked through, too', async () => {
    const before = now
    await rounds(1)
    now += 5_000
    await identify('second')
    now += 5_000
    expect(await completeUntil()).toBeLessThanOrEqual(before)
    expect(await lag()).toBe(`seconds ${(now - ((await completeUntil()) ?? 0)) / 1000}, events 2`)
    await rounds(2)
    expect(await completeUntil()).toBe(now)
    expect(await lag()).toBe('seconds 0, events 0')
  })

  it('never covers somebody who is still counted twice', async () => {
    const project = { kind: 'stickiness', project: 'default', series: [{ event: '*' }] }
    const range = { date_from: '2026-06-15', date_to: '2026-06-15' }
    const source = freshness()
    const identified: number[] = [NOON, now]
    let behind = 0
    for (let i = 0; i < 24; i++) {
      now += 700
      if (i % 3 !== 1) {
        await identify(`number ${i}`)
        identified.push(now)
      }
      now += 1
      if (i % 4 === 0) await rounds(1 + (i % 3))
      const { complete_until } = await source.read()
      const { body } = await testClient({ store }).post<{ series: { counts: number[] }[] }>(
        '/api/query',
        { ...project, ...range },
      )
      const covered = identified.filter((at) => at < (complete_until ?? 0)).length
      const persons = body.series[0]?.counts[0] ?? 0
      // One person of each who is covered, at most two of the others.
      expect(persons).toBeLessThanOrEqual(covered + 2 * (identified.length - covered))
      if (covered < identified.length) behind++
    }
    expect(behind).toBeGreaterThan(5)
    expect(behind).toBeLessThan(24)
  })

  it('stays where it was while the store is away', async () => {
    await rounds(2)
    let isAway = false
    const sometimes: Pick<QueryStore, 'query' | 'dataVersion'> = {
      query: (...asked) => (isAway ? away() : store.query(...asked)),
      dataVersion: () => (isAway ? away() : store.dataVersion()),
    }
    const away = () => Promise.reject(new StoreError('unavailable', 'no'))
    const source = identityFreshness({ freshness: stored, store: sometimes, clock: () => now })
    const before = now
    expect((await source.read()).complete_until).toBe(before)
    isAway = true
    now += 1_000
    expect((await source.read()).complete_until).toBe(before)
    isAway = false
    now += 1_000
    expect((await source.read()).complete_until).toBe(now)
  })

  it('is read once for all that a scrape shows of it, and again for the next scrape', async () => {
    const metrics = createMetrics()
    const reads = { stored: 0, version: 0 }
    const counted = <Value>(of: keyof typeof reads, read: () => Promise<Value>) => {
      reads[of]++
      return read()
    }
    showIdentityLag(metrics, {
      freshness: { read: () => counted('stored', stored.read) },
      store: {
        query: (...asked) => store.query(...asked),
        dataVersion: () => counted('version', () => store.dataVersion()),
      },
    })
    expect(await metrics.metrics()).toContain('headwater_identity_lag_events 0')
    expect(reads).toEqual({ stored: 1, version: 1 })
    await identify('between scrapes')
    expect(await metrics.metrics()).toContain('headwater_identity_lag_events 2')
    expect(reads).toEqual({ stored: 2, version: 2 })
  })

  it('is not further than the store, whatever is known of persons', async () => {
    await rounds(2)
    const late = { read: async () => ({ complete_until: NOON - 1, lag_records: 7 }) }
    const source = identityFreshness({ freshness: late, store, clock: () => now })
    expect(await source.read()).toEqual({ complete_until: NOON - 1, lag_records: 7 })
  })
})

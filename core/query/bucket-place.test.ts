import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { INTERVALS, type Interval } from '@headwater/schemas/insights/range'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChdbStore, openChdbStore } from '../store/chdb.ts'
import { bucketPlace } from './bucket-place.ts'
import { bucketStarts } from './buckets.ts'
import { SqlParams } from './sql-params.ts'

const DAY_MS = 86_400_000
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]

let folder: string
let store: ChdbStore
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-places-'))
  store = await openChdbStore({ path: join(folder, 'store') })
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

describe('the place of a bucket', () => {
  it('is that of the last start before an instant, whatever the calendar', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ZONES),
        fc.constantFrom<Interval>(...INTERVALS.filter((interval) => interval !== 'minute')),
        fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2037, 0) }),
        fc.integer({ min: 1, max: 900 }),
        async (time_zone, interval, from, days) => {
          const length = (interval === 'hour' ? Math.min(days, 40) : days) * DAY_MS
          const starts = bucketStarts({ time_zone, interval }, from, from + length)
          const edges = starts.flatMap((start) => [start - 1, start, start + 1])
          const instants = [0, ...edges, (starts.at(-1) ?? from) + 100 * DAY_MS]
          const placeOf = (instant: number) => starts.findLastIndex((start) => start <= instant)
          expect(await placesOf(starts, instants)).toEqual(
            instants.map((instant) => Math.max(0, placeOf(instant))),
          )
        },
      ),
      { numRuns: 150 },
    )
  })

  it.each([
    ['divides where clocks change', 'Europe/Berlin', 'day', 730, 'intDiv'],
    ['divides by the months of a quarter', 'UTC', 'month', 90, 'intDiv'],
    ['looks up the months of years', 'UTC', 'month', 1_800, 'roundDown'],
  ] as const)('%s', (_, time_zone, interval, days, by) => {
    const from = Date.UTC(2026, 0, 1)
    const starts = bucketStarts({ time_zone, interval }, from, from + days * DAY_MS)
    expect(bucketPlace(starts, new SqlParams())).toContain(by)
  })
})

async function placesOf(starts: number[], instants: number[]): Promise<number[]> {
  const params = new SqlParams()
  const place = bucketPlace(starts, params, 'instant')
  const text = `SELECT groupArray(place) AS places FROM (
    SELECT ${place} AS place
    FROM (SELECT arrayJoin(${params.add('Array(Int64)', instants)}) AS instant))`
  const [row] = await store.query<{ places: number[] }>({ text, params: params.values })
  return row?.places ?? []
}

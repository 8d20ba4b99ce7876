import { describe, expect, it } from 'vitest'
import { batchesOf } from './batches.ts'
import { IdenticalRows } from './identical-rows.ts'
import { LinkedIds } from './linked-ids.ts'
import { nameUuid } from './name-uuid.ts'
import { type Outcome, type OutcomeOptions, outcomesOf } from './outcome.ts'
import type { Mapped, Mapper, Row } from './source.ts'
import { epochOf, timeOf } from './time-of.ts'

const NOW = Date.UTC(2024, 5, 1)
const AT = Date.UTC(2024, 2, 10, 22, 30)

describe('what a row comes to', () => {
  it('is an event with its source', () => {
    const own = outcomesFor([event({ properties: { a: 1 } })])
    expect(eventsOf(own)).toEqual([
      {
        uuid: 'u',
        event: 'e',
        distinct_id: 'd',
        timestamp: AT,
        properties: { a: 1, $import_source: 'mixpanel', $lib: 'import' },
      },
    ])
    const browsers = outcomesFor([event({ properties: { $lib: 'web' } })])
    expect(eventsOf(browsers)).toMatchObject([
      { properties: { $lib: 'web', $import_source: 'mixpanel' } },
    ])
  })

  it('counts as one row, however many events it is, and also when it is none', () => {
    const outcomes = outcomesFor([event({}), event({})], [], [{ skipped: 'why' }])
    expect(outcomes.map(({ kind, isRow }) => [kind, isRow])).toEqual([
      ['event', true],
      ['event', false],
      ['skipped', true],
      ['skipped', true],
    ])
  })

  it('is a drop when its time is none, or absurd', () => {
    const timestamps = [null, Date.UTC(1999, 11, 31), NOW + 25 * 3_600_000, NOW + 23 * 3_600_000]
    const outcomes = outcomesFor(...timestamps.map((timestamp) => [event({ timestamp })]))
    expect(outcomes.map((one) => ('reason' in one ? one.reason : one.kind))).toEqual([
      'invalid_time',
      'past',
      'future',
      'event',
    ])
  })
})

describe('a batch', () => {
  it('holds a MiB of events, or two thousand', async () => {
    const big = Array.from({ length: 30 }, () => outcome('x'.repeat(100_000)))
    expect((await gathered(big)).map(({ events }) => events.length)).toEqual([10, 10, 10])
    const small = Array.from({ length: 4_500 }, () => outcome('{}'))
    expect((await gathered(small)).map(({ events }) => events.length)).toEqual([2_000, 2_000, 500])
  })

  it('holds one event that is bigger than a batch may be', async () => {
    const batches = await gathered([outcome('{}'), outcome('x'.repeat(3_000_000)), outcome('{}')])
    expect(batches.map(({ events }) => events.length)).toEqual([1, 1, 1])
  })

  it('begins behind what is done', async () => {
    const outcomes = Array.from({ length: 10 }, (_, i) => outcome(`${i}`))
    const [batch] = await gathered(outcomes, 7)
    expect(batch?.events.map(({ json }) => json)).toEqual(['7', '8', '9'])
    expect(await gathered(outcomes, 10)).toEqual([])
  })
})

describe('a uuid', () => {
  it('that is made of a name never changes', () => {
    // Another value would double every import that is repeated.
    expect(nameUuid('mixpanel', 'Order', 1710109800, 'abc')).toBe(
      'adfae378-f8de-5a00-b6f5-c760ae4a81b5',
    )
  })

  it('tells equal rows apart by their place, and knows rows by what they say', () => {
    const uuids = (rows: object[]) => {
      const identical = new IdenticalRows()
      return rows.map((row) => identical.uuidOf('csv', row as Record<string, unknown>))
    }
    const [a1, a2, b] = uuids([{ x: 1, y: { z: 2, w: 3 } }, { y: { w: 3, z: 2 }, x: 1 }, { x: 2 }])
    expect(new Set([a1, a2, b]).size).toBe(3)
    expect(uuids([{ x: 2 }, { x: 1, y: { z: 2, w: 3 } }])).toEqual([b, a1])
  })

  it('is another one for each of very many rows, and the same for their copies', () => {
    const identical = new IdenticalRows()
    const uuids = new Set<string>()
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 50_000; i++) uuids.add(identical.uuidOf('csv', { i }))
    }
    expect(uuids.size).toBe(100_000)
    const again = new IdenticalRows()
    expect(uuids.has(again.uuidOf('csv', { i: 49_999 }))).toBe(true)
  })
})

describe('a link', () => {
  it('is told once for each pair, and not of an id with itself', () => {
    const linked = new LinkedIds('amplitude')
    const of = event({}).event
    expect(linked.link(of, 'ann', 'anon')).toMatchObject({ distinct_id: 'ann', timestamp: AT })
    expect(linked.link(of, 'ann', 'anon')).toBeNull()
    expect(linked.link(of, 'ann', 'other')).not.toBeNull()
    expect(linked.link(of, 'ann', 'ann')).toBeNull()
    expect(linked.link(of, 'ann', '')).toBeNull()
  })
})

describe('a time', () => {
  it('since 1970 may be in any unit', () => {
    const ms = 1_710_109_800_123
    expect([ms / 1000, ms, ms * 1000, ms * 1e6].map(epochOf)).toEqual([ms, ms, ms, ms])
    expect([`${ms}`, '', 'x', null, Number.NaN].map(epochOf)).toEqual([ms, null, null, null, null])
  })

  it('without a zone is of the clock that is named, also where clocks change', () => {
    const read = (text: string) => timeOf(text, 'Europe/Berlin')
    expect(read('2024-03-31 01:30:00')).toBe(Date.UTC(2024, 2, 31, 0, 30))
    expect(read('2024-03-31T03:30:00.5')).toBe(Date.UTC(2024, 2, 31, 1, 30, 0, 500))
    expect(read('2024-03-31T03:30:00+00:00')).toBe(Date.UTC(2024, 2, 31, 3, 30))
    expect(read('2024-07-01')).toBe(Date.UTC(2024, 5, 30, 22))
    expect(read('nonsense')).toBeNull()
  })
})

function event(given: object): { event: Extract<Mapped, { event: unknown }>['event'] } {
  return {
    event: { uuid: 'u', event: 'e', distinct_id: 'd', timestamp: AT, properties: {}, ...given },
  }
}

/** The outcomes of rows that come to these. */
function outcomesFor(...rows: Mapped[][]): Outcome[] {
  const mapper: Mapper = { map: ({ line }) => rows[line] ?? [] }
  const read: Row[] = rows.map((_, line) => ({ member: '', line, value: {} }))
  const options: OutcomeOptions = {
    sourceName: 'mixpanel',
    mapper,
    since: null,
    until: null,
    now: NOW,
  }
  return [...outcomesOf(read, options)]
}

function eventsOf(outcomes: Outcome[]): unknown[] {
  return outcomes.flatMap((one) => (one.kind === 'event' ? [JSON.parse(one.json)] : []))
}

function outcome(json: string): Outcome {
  const place = { member: '', line: 1 }
  return { place, isRow: true, kind: 'event', uuid: '', json, value: {} }
}

async function gathered(outcomes: Outcome[], done = 0) {
  const batches = []
  async function* groups() {
    yield outcomes.slice(0, 5)
    yield outcomes.slice(5)
  }
  for await (const batch of batchesOf(groups(), done)) batches.push(batch)
  return batches
}

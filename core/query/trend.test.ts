import type { ApiError, TrendResult } from '@headwater/schemas/insight'
import type { EventRow } from '@headwater/schemas/row'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from './test-api.ts'

const DAY_MS = 86_400_000
const MONDAY = Date.UTC(2026, 5, 15)

let api: TestApi
let project = ''
let tests = 0
beforeAll(async () => {
  api = await openTestApi()
})
beforeEach(() => {
  project = `p-${tests++}`
})
afterAll(() => api.remove())

const insert = (...facts: Partial<EventRow>[]) =>
  api.insert(facts.map((fact) => ({ project_id: project, timestamp: MONDAY, ...fact })))

async function trend(params: Record<string, string> = {}): Promise<TrendResult> {
  const range = { date_from: '2026-06-15', date_to: '2026-06-17' }
  const query = { project, event: '$pageview', ...range, ...params }
  const { status, body } = await api.get<TrendResult>('/api/trends', query)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const lines = ({ series }: TrendResult) =>
  series.map(({ breakdown, values, total }) => [breakdown?.kind, breakdown?.value, values, total])
const total = async (params: Record<string, string>) => (await trend(params)).series[0]?.total
const filtered = (...filters: unknown[]) => total({ filters: JSON.stringify(filters) })

describe('trends', () => {
  it('answers the shortest question', async () => {
    await insert({ timestamp: api.now - DAY_MS })
    const { status, body } = await api.get<TrendResult>('/api/trends', {
      project,
      event: '$pageview',
    })
    expect(status).toBe(200)
    expect(body.buckets).toHaveLength(8)
    expect(body.series[0]?.values).toEqual([0, 0, 0, 0, 0, 0, 1, 0])
  })

  it('counts the last hour of a last day that has 25', async () => {
    await insert({ timestamp: Date.UTC(2026, 9, 25, 22, 30) })
    const berlin = { time_zone: 'Europe/Berlin', date_from: '2026-10-24', date_to: '2026-10-25' }
    expect(lines(await trend(berlin))).toEqual([[undefined, undefined, [0, 1], 1]])
  })

  it('counts events, and persons once in a bucket and once in the whole', async () => {
    await insert(
      { distinct_id: 'ann' },
      { distinct_id: 'ann', timestamp: MONDAY + 1 },
      { distinct_id: 'ann', timestamp: MONDAY + 2 * DAY_MS },
      { distinct_id: 'bob', timestamp: MONDAY + 2 * DAY_MS },
      { event: 'other' },
    )
    expect(lines(await trend())).toEqual([[undefined, undefined, [2, 0, 2], 4]])
    expect(lines(await trend({ measure: 'unique_persons' }))).toEqual([
      [undefined, undefined, [1, 0, 2], 2],
    ])
    expect(await total({ event: '*' })).toBe(5)
  })

  it('includes the first moment of the range and leaves out the first after it', async () => {
    const times = [MONDAY - 1, MONDAY, MONDAY + 3 * DAY_MS - 1, MONDAY + 3 * DAY_MS]
    await insert(...times.map((timestamp) => ({ timestamp })))
    expect(lines(await trend())).toEqual([[undefined, undefined, [1, 0, 1], 2]])
  })

  it('puts events into the days and hours of the query’s zone', async () => {
    const lastMinute = Date.parse('2026-06-15T18:14Z')
    await insert({ timestamp: lastMinute }, { timestamp: lastMinute + 60_000 })
    const days = await trend({ time_zone: 'Asia/Kathmandu' })
    expect(days.buckets[0]).toBe('2026-06-15T00:00:00+05:45')
    expect(days.series[0]?.values).toEqual([1, 1, 0])
    const day = { date_to: '2026-06-15', interval: 'hour', time_zone: 'Asia/Kathmandu' }
    const hours = await trend(day)
    expect(hours.series[0]?.values).toEqual([...Array(23).fill(0), 1])
  })

  it('counts both hours of a night whose clocks go back', async () => {
    const first = Date.parse('2026-10-25T00:30Z')
    await insert({ timestamp: first }, { timestamp: first + 3_600_000 })
    const night = { date_from: '2026-10-25', date_to: '2026-10-25', interval: 'hour' }
    const { buckets, series } = await trend({ ...night, time_zone: 'Europe/Berlin' })
    expect(buckets).toHaveLength(25)
    expect(series[0]?.values.slice(0, 5)).toEqual([0, 0, 1, 1, 0])
  })

  it('leaves bots out unless asked', async () => {
    await insert({ is_bot: true }, {})
    expect([await total({}), await total({ include_bots: 'true' })]).toEqual([1, 2])
  })

  it('gives an empty project zeros', async () => {
    expect(lines(await trend())).toEqual([[undefined, undefined, [0, 0, 0], 0]])
    expect(lines(await trend({ breakdown: '$browser' }))).toEqual([])
  })

  it('says which intervals would do when there would be too many buckets', async () => {
    const query = { project, event: 'a', date_from: '-60d', interval: 'minute' }
    const { status, body } = await api.get<ApiError>('/api/trends', query)
    expect([status, body.error.field]).toEqual([400, 'interval'])
    expect(body.error.allowed).toEqual(['hour', 'day', 'week', 'month', 'quarter', 'year'])
  })
})

describe('breakdowns', () => {
  it('shows the top values, the others as one with a true count of persons, and none', async () => {
    await insert(
      { distinct_id: 'ann', browser: 'Chrome' },
      { distinct_id: 'bob', browser: 'Chrome' },
      { distinct_id: 'ann', browser: 'Firefox' },
      { distinct_id: 'ann', browser: 'Safari' },
      { distinct_id: 'cid', browser: '' },
    )
    const params = { measure: 'unique_persons', breakdown: '$browser', breakdown_limit: '1' }
    expect(lines(await trend(params))).toEqual([
      ['value', 'Chrome', [2, 0, 0], 2],
      ['other', '', [1, 0, 0], 1],
      ['none', '', [1, 0, 0], 1],
    ])
  })

  it('ranks equal values by name', async () => {
    await insert({ browser: 'b' }, { browser: 'c' }, { browser: 'a' })
    const result = await trend({ breakdown: '$browser', breakdown_limit: '2' })
    expect(lines(result).map(([kind, value]) => [kind, value])).toEqual([
      ['value', 'a'],
      ['value', 'b'],
      ['other', ''],
    ])
  })

  it('breaks down by a sender’s property of several types', async () => {
    const values = ['10', 10, 10.0, true, 'true', null, { a: 1 }, 9.5]
    await insert(...values.map((v) => ({ properties: { v } })))
    const byValue = lines(await trend({ breakdown: 'v' })).map(([, value, , sum]) => [value, sum])
    expect(byValue).toEqual([
      ['10', 3],
      ['true', 2],
      ['9.5', 1],
      ['', 2],
    ])
  })

  it('does not take a value called other for the others', async () => {
    await insert({ browser: 'other' }, { browser: 'none' })
    expect(lines(await trend({ breakdown: '$browser' })).map(([kind]) => kind)).toEqual([
      'value',
      'value',
    ])
  })
})

describe('filters', () => {
  const people = async () =>
    insert(
      { properties: { plan: 'pro', seats: 10, ok: true }, browser: 'Chrome' },
      { properties: { plan: 'Team', seats: 9.5, ok: false } },
      { properties: { plan: '', seats: '100' } },
      { properties: {} },
    )

  it.each([
    ['is', 'plan', 'pro', 1],
    ['is', 'plan', ['pro', 'Team'], 2],
    ['is', '$browser', 'Chrome', 1],
    ['is', 'seats', 10, 1],
    ['is', 'seats', '10', 1],
    ['is', 'seats', 100, 1],
    ['is', 'seats', 1e25, 0],
    ['is', 'ok', true, 1],
    ['is', 'ok', 'false', 1],
    ['is_not', 'plan', 'pro', 3],
    ['is_not', 'plan', ['pro', 'Team'], 2],
    ['contains', 'plan', 'TE', 1],
    ['contains', 'plan', ['x', 'r'], 1],
    ['not_contains', 'plan', 'te', 3],
    ['gt', 'seats', 9.5, 2],
    ['gte', 'seats', '9.5', 3],
    ['lt', 'seats', 10, 1],
    ['lte', 'seats', [1, 10], 2],
    ['is_set', 'plan', undefined, 2],
    ['is_not_set', 'plan', undefined, 2],
  ])('%s: %s %j finds %d of four', async (operator, property, value, expected) => {
    await people()
    expect(await filtered({ property, operator, value })).toBe(expected)
  })

  it('must all hold', async () => {
    await people()
    const seats = { property: 'seats', operator: 'gt', value: 9 }
    expect(await filtered(seats, { property: 'plan', operator: 'is_set' })).toBe(2)
  })

  it('finds text whatever its case and script', async () => {
    await insert({ properties: { city: 'ÅRHUS 東京' } })
    const contains = (value: string) => filtered({ property: 'city', operator: 'contains', value })
    expect([await contains('århus'), await contains('京'), await contains('%')]).toEqual([1, 1, 0])
  })

  it('reads a name with dots as that key, and without it as a path', async () => {
    await insert(
      { properties: { 'a.b': 'key', a: { b: 'path' } } },
      { properties: { a: { b: 'path' } } },
      { properties: { 'a.b.c': 'deep' } },
    )
    const is = (property: string, value: string) => filtered({ property, value })
    expect([await is('a.b', 'key'), await is('a.b', 'path')]).toEqual([1, 1])
    expect(await is('a.b.c', 'deep')).toBe(1)
  })

  it.each(NAMES())('reads the property %j', async (name) => {
    await insert({ properties: { [name]: 'found' } }, { properties: { decoy: 'found' } })
    expect(await filtered({ property: name, value: 'found' })).toBe(1)
    const [line] = lines(await trend({ breakdown: name }))
    expect(line).toEqual(['value', 'found', [1, 0, 0], 1])
  })

  it.each(['^`a`', ':`Int64`'])('says that %s cannot be asked for', async (property) => {
    const filters = JSON.stringify([{ property, value: 1 }])
    const { status, body } = await api.get<ApiError>('/api/trends', {
      project,
      event: 'a',
      filters,
    })
    expect([status, body.error.field]).toEqual([400, 'filters.0.property'])
  })
})

function NAMES(): string[] {
  const plain = ['$x', 'with space', 'ünï', '東京', '😀', '‮rtl', '*', '1', 'properties', 'null']
  const quotes = ['`', "'", '"', '`; DROP TABLE events; --', "') OR 1=1 --", 'a`b`', '``']
  const syntax = ['{p0:String}', '%s', '%2', '[]', 'a[]', '@x', '^a', ':a', 'a:`Int64`', 'size0']
  const odd = [
    'a\\b',
    'tab\there',
    'line\nbreak',
    'nul\u0000',
    '\u007f',
    '.',
    '..',
    '.a',
    'a.',
    'a..b',
  ]
  return [...plain, ...quotes, ...syntax, ...odd, 'x'.repeat(200)]
}

import { InsightQuery, type InsightResult } from '@headwater/schemas/insights/insight'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../query/test-api.ts'
import { answerTable } from './letters.ts'

const HOUR_MS = 3_600_000

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  const today = Math.floor(api.now / 86_400_000) * 86_400_000
  const event = (distinct_id: string, name: string, hours: number, more: object = {}) => ({
    ...{ project_id: 'p', distinct_id, event: name, timestamp: today + hours * HOUR_MS },
    ...more,
  })
  const page = (pathname: string) => ({ pathname, current_url: `https://shop.example${pathname}` })
  await api.insert([
    event('ann', '$pageview', -30, { browser: 'Firefox', session_id: 'a', ...page('/') }),
    event('ann', '$pageview', -29.9, { browser: 'Firefox', session_id: 'a', ...page('/buy') }),
    event('ann', 'signup', -29, { browser: 'Firefox', properties: { price: 2.5 } }),
    event('ann', '$pageview', 1, { browser: 'Firefox', session_id: 'b', ...page('/') }),
    event('bob', '$pageview', 2, { browser: 'Safari', session_id: 'c', ...page('/') }),
    event('bob', '$pageview', 3, { browser: 'Safari', session_id: 'd', ...page('/') }),
    event('cem', '$pageview', 4, { browser: '<b>Tor</b>', session_id: 'e', ...page('/buy') }),
  ])
})
afterAll(() => api.remove())

const tableOf = async (fields: object) => {
  const asked = { project: 'p', date_from: '-2d', time_zone: 'UTC', ...fields }
  const { status, body } = await api.post<InsightResult>('/api/query', asked)
  expect(status, JSON.stringify(body)).toBe(200)
  return answerTable('x', InsightQuery.parse(asked) as Parameters<typeof answerTable>[1], body)
}
const view = { event: '$pageview' }
const steps = [view, { event: 'signup', name: 'Signed up' }]

describe('the table of an answer', () => {
  it('says in which zone its times are, and until when it is complete', async () => {
    const { notes, title } = await tableOf({ kind: 'lifecycle', time_zone: 'Europe/Berlin' })
    expect([title, notes]).toEqual([
      'x',
      [
        'Times are those of Europe/Berlin.',
        'Complete until 2026-06-17 14:00 +02:00 (Europe/Berlin).',
      ],
    ])
  })

  it('of trends has the newest buckets of every line, with what it counts', async () => {
    const series = [
      view,
      { event: '*', measure: 'unique_persons' },
      { event: 'signup', measure: 'sum', measure_property: { property: 'price' } },
    ]
    expect(await tableOf({ kind: 'trends', series })).toMatchObject({
      head: ['', '2026-06-15', '2026-06-16', '2026-06-17', 'all of it'],
      rows: [
        ['$pageview, total', '2', '0', '4', '6'],
        ['every event, unique persons (persons)', '1', '0', '3', '3'],
        ['signup, sum of price', '2.5', '0', '0', '2.5'],
      ],
      more: 0,
    })
    const formula = { formulas: ['A / 2'], display: 'single_number', date_from: '-2d' }
    expect(await tableOf({ kind: 'trends', series: [view], ...formula })).toMatchObject({
      head: ['', 'value'],
      rows: [['A / 2', '3']],
    })
  })

  it('of trends tells lines apart, and hours', async () => {
    const fields = {
      kind: 'trends',
      series: [view],
      breakdowns: [{ property: '$browser' }],
      breakdown_limit: 1,
      interval: 'hour',
      date_from: '2026-06-17T00:00',
      date_to: '2026-06-17T04:59:59',
      compare: {},
    }
    const { head, rows } = await tableOf(fields)
    expect(head).toEqual([
      ...['', '2026-06-17', '2026-06-17 01:00', '2026-06-17 02:00', '2026-06-17 03:00'],
      ...['2026-06-17 04:00', 'all of it'],
    ])
    expect(rows[0]).toEqual(['Safari, $pageview, total', '0', '0', '1', '1', '0', '2'])
    expect(rows.map(([label]) => label)).toContain('Other, $pageview, total')
    expect(rows.map(([label]) => label)).toContain('Safari, $pageview, total, the time before')
  })

  it('of a funnel has a line for each step', async () => {
    expect(await tableOf({ kind: 'funnel', steps })).toMatchObject({
      head: ['step', 'persons', 'of the first', 'median time'],
      rows: [
        ['1. $pageview', '3', '100 %', '–'],
        ['2. Signed up', '1', '33.33 %', '54 min'],
      ],
    })
    expect(await tableOf({ kind: 'funnel_time', steps })).toMatchObject({
      head: ['', 'persons', 'mean', 'median', 'shortest', 'longest'],
      rows: [['time to convert', '1', '54 min', '54 min', '54 min', '54 min']],
    })
    expect(await tableOf({ kind: 'funnel_trend', steps })).toMatchObject({
      head: ['', '2026-06-15', '2026-06-16', '2026-06-17'],
      rows: [['converted', '1 of 1 (100 %)', '0 of 0 (–)', '0 of 3 (0 %)']],
    })
    const correlate = { properties: [{ property: '$browser' }] }
    const window = { value: 1, unit: 'hour' }
    const correlation = { kind: 'funnel_correlation', steps, correlate, window, min_actors: 1 }
    const { head, rows } = await tableOf(correlation)
    expect([head, rows[0]]).toEqual([
      ['', 'converted', 'dropped out', 'odds ratio'],
      ['everybody', '1', '2', ''],
    ])
    expect(rows.map(([label]) => label)).toContain('$browser is Safari')
  })

  it('of those who come back has a line for each start', async () => {
    expect(await tableOf({ kind: 'retention' })).toMatchObject({
      head: ['started', 'persons', 'day 0', 'day 1', 'day 2'],
      rows: [
        ['2026-06-15', '1', '1', '0', '1'],
        ['2026-06-16', '0', '0', '0', '–'],
        ['2026-06-17', '3', '3', '–', '–'],
      ],
    })
    const stickiness = { kind: 'stickiness', series: [view], date_from: '-2d' }
    expect(await tableOf(stickiness)).toMatchObject({
      head: ['days active', '$pageview'],
      rows: [
        ['1', '2 persons'],
        ['2', '1 person'],
        ['3', '0 persons'],
      ],
    })
    const byPlan = { ...stickiness, breakdowns: [{ property: 'plan' }], breakdown_limit: 1 }
    expect((await tableOf(byPlan)).head).toEqual(['days active', '(none), $pageview'])
    expect(await tableOf({ kind: 'lifecycle' })).toMatchObject({
      head: ['', '2026-06-15', '2026-06-16', '2026-06-17'],
      rows: [
        ['new', '1', '0', '2'],
        ['returning', '0', '0', '0'],
        ['resurrecting', '0', '0', '1'],
        ['dormant', '0', '-1', '0'],
      ],
    })
  })

  it('of a website has its numbers beside those of the time before', async () => {
    expect(await tableOf({ kind: 'web_overview', date_from: '2026-06-17' })).toMatchObject({
      head: ['', 'value', 'before', 'change'],
      rows: [
        ['visitors', '3', '0', '–'],
        ['sessions', '4', '0', '–'],
        ['page views', '4', '0', '–'],
        ['bounce rate', '100 %', '–', '–'],
        ['session duration', '0 s', '–', '–'],
        ['page views per session', '1', '–', '–'],
      ],
    })
    expect(await tableOf({ kind: 'paths' })).toMatchObject({
      head: ['from, to', 'paths', 'mean time'],
      rows: [['/ → /buy', '1', '6 min']],
    })
  })

  it('is short, and says how much more there is', async () => {
    const { rows, more } = await tableOf({
      kind: 'stickiness',
      series: [view],
      date_from: '-40d',
    })
    expect([rows.length, more]).toEqual([15, 26])
  })
})

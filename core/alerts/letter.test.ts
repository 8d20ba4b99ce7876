import { InsightQuery, type InsightResult } from '@headwater/schemas/insights/insight'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostileString } from '../query/hostile-strings.ts'
import { countOf, inWords, localTime, NO_UNIT, type Unit } from './amount.ts'
import { oneLine, type Sheet, writeLetter } from './letter.ts'
import { alertLetter, reportLetter } from './letters.ts'
import { unitAt } from './unit-at.ts'

describe('a number', () => {
  const [events, seconds, percent]: Unit[] = [
    countOf('event'),
    { kind: 'seconds' },
    { kind: 'percent' },
  ]
  it.each([
    [1, events, '1 event'],
    [0, events, '0 events'],
    [-0, events, '0 events'],
    [1_234_567, events, '1,234,567 events'],
    [-2.3456, NO_UNIT, '-2.35'],
    [0.01239, NO_UNIT, '0.0124'],
    [0.0000123, NO_UNIT, '0.00001230'],
    [1e300, NO_UNIT, '1.000e+300'],
    [0.125, percent, '12.5 %'],
    [90, seconds, '90 s'],
    [5_700, seconds, '5,700 s (1 h 35 min)'],
    [180_000, seconds, '180,000 s (2 d 2 h)'],
    [-7_200, seconds, '-7,200 s (-2 h)'],
    [250, { kind: 'milliseconds' }, '250 ms'],
    [null, events, '–'],
  ] as const)('%j is read as %j %s', (value, unit, text) => {
    expect(inWords(value, unit as Unit)).toBe(text)
  })
})

it.each([
  ['2026-06-16T22:00:00Z', 'Europe/Berlin', '2026-06-17 00:00 +02:00'],
  ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25 02:30 +02:00'],
  ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25 02:30 +01:00'],
  ['2026-06-17T12:00:07Z', 'UTC', '2026-06-17 12:00:07 +00:00'],
  ['2026-06-17T02:00:00Z', 'America/St_Johns', '2026-06-16 23:30 -02:30'],
])('%s in %s is %s', (instant, zone, text) => {
  expect(localTime(Date.parse(instant), zone)).toBe(text)
})

const queryOf = (fields: object) =>
  InsightQuery.parse({ project: 'p', ...fields }) as Parameters<typeof unitAt>[0]

describe('the unit of a number', () => {
  const nothing = {} as InsightResult
  const steps = [{ event: 'a' }, { event: 'b' }]
  const trends = (series: object, more: object = {}) =>
    queryOf({ kind: 'trends', series: [series], ...more })
  const lines = { kind: 'trends', series: [{ series: 0, formula: null, values: [1] }] }
  const price = { property: 'price' }
  it.each([
    [trends({ event: 'a' }), 'events'],
    [trends({ event: 'a', measure: 'unique_persons' }), 'persons'],
    [
      trends({ event: 'a', measure: 'weekly_active' }, { actor: { group: 'company' } }),
      'company groups',
    ],
    [trends({ event: 'a', measure: 'unique_sessions' }), 'sessions'],
    [trends({ event: 'a', measure: 'unique_groups', group: 'team' }), 'team groups'],
    [trends({ event: 'a', measure: 'avg_per_actor' }), 'events per person'],
    [trends({ event: 'a', measure: 'sum', measure_property: price }), 'none'],
    [
      trends({ event: 'a', measure: 'avg', measure_property: { property: '$session_duration' } }),
      'seconds',
    ],
  ])('of a line of %j is %s', (query, unit) => {
    const found = unitAt(query, lines as unknown as InsightResult, 'series.0.values.-1')
    expect(found.kind === 'count' ? found.many : found.kind).toBe(unit)
  })

  it.each([
    [{ kind: 'funnel', steps }, 'groups.0.steps.1.count', 'persons'],
    [{ kind: 'funnel', steps, actor: 'session' }, 'groups.0.steps.1.dropped', 'sessions'],
    [{ kind: 'funnel', steps }, 'groups.0.steps.1.rate_from_first', 'percent'],
    [{ kind: 'funnel', steps }, 'groups.0.steps.1.median_seconds', 'seconds'],
    [{ kind: 'funnel_trend', steps }, 'groups.0.rates.-1', 'percent'],
    [{ kind: 'funnel_correlation', steps }, 'correlations.0.odds_ratio', 'none'],
    [{ kind: 'retention' }, 'groups.0.rows.0.cells.1.value', 'persons'],
    [
      { kind: 'retention', aggregate: { function: 'sum', property: price } },
      'groups.0.rows.0.cells.1.value',
      'none',
    ],
    [{ kind: 'stickiness', series: [{ event: 'a' }] }, 'series.0.counts.2', 'persons'],
    [{ kind: 'stickiness', series: [{ event: 'a' }] }, 'intervals', 'none'],
    [{ kind: 'lifecycle' }, 'series.0.values.-1', 'persons'],
    [{ kind: 'paths' }, 'edges.0.paths', 'paths'],
    [{ kind: 'web_overview' }, 'visitors.value', 'visitors'],
    [{ kind: 'web_overview' }, 'visitors.change', 'percent'],
    [{ kind: 'web_overview' }, 'bounce_rate.value', 'percent'],
    [{ kind: 'web_overview' }, 'session_duration.previous', 'seconds'],
    [{ kind: 'web_overview' }, 'web_vitals.0.value', 'none'],
    [{ kind: 'trends', series: [{ event: 'a' }] }, 'duration_ms', 'milliseconds'],
  ])('of %j at %s is %s', (fields, path, unit) => {
    const found = unitAt(queryOf(fields), nothing, path)
    expect(found.kind === 'count' ? found.many : found.kind).toBe(unit)
  })

  it('of a formula is known to nobody', () => {
    const query = trends({ event: 'a' }, { formulas: ['A * 2'] })
    const answer = { kind: 'trends', series: [{ series: null, formula: 0, values: [1] }] }
    expect(unitAt(query, answer as unknown as InsightResult, 'series.0.total')).toEqual(NO_UNIT)
  })
})

describe('a letter', () => {
  const news = {
    ...{ project: 'shop', name: 'Few sign-ups', now: Date.UTC(2026, 5, 17, 0, 0, 9) },
    tell: 'firing',
    insight: 'Sign-ups',
    query: queryOf({ kind: 'trends', series: [{ event: 'signup', measure: 'unique_persons' }] }),
    answer: {
      kind: 'trends',
      series: [{ series: 0, formula: null, values: [7] }],
    } as unknown as InsightResult,
    path: 'series.0.values.-1',
    condition: { type: 'below', threshold: 10 },
    value: 7,
    previous: null,
    interval: { from: Date.UTC(2026, 5, 15, 22), to: Date.UTC(2026, 5, 16, 22) },
    time_zone: 'Europe/Berlin',
    completeUntil: Date.UTC(2026, 5, 16, 22, 0, 5),
  } as const

  it('of an alert says what, how much, of when and how complete', () => {
    const { subject, text, html, date } = alertLetter(news)
    expect([subject, date]).toEqual(['Firing: Few sign-ups, 7 persons', '2026-06-17T00:00:09.000Z'])
    expect(text).toBe(`Few sign-ups is firing: 7 persons

Condition: below 10 persons
Value: 7 persons
Insight: Sign-ups (series.0.values.-1)
Interval: 2026-06-16 00:00 +02:00 to 2026-06-17 00:00 +02:00 (Europe/Berlin)
Complete until: 2026-06-17 00:00:05 +02:00 (Europe/Berlin): every event received before is in the numbers
Project: shop
`)
    for (const line of text
      .split('\n')
      .filter((one) => one.includes(': '))
      .slice(1)) {
      const [name, value] = line.split(/: (.*)/s)
      expect(html).toContain(`<b>${name}:</b> ${value}</p>`)
    }
  })

  it.each([
    [
      { type: 'increase', by: 50, unit: 'percent' },
      'increase by at least 50 % since the interval before',
    ],
    [
      { type: 'decrease', by: 5, unit: 'absolute' },
      'decrease by at least 5 persons since the interval before',
    ],
  ] as const)('of a change says what it was before: %j', (condition, sentence) => {
    const { text } = alertLetter({ ...news, condition, previous: 1 })
    expect(text).toContain(`Condition: ${sentence}\nValue: 7 persons\nInterval before: 1 person\n`)
  })

  it('of a report has twenty answers, and says how many more there are', () => {
    const { project, now, interval, time_zone, completeUntil } = news
    const table = { title: 'T', notes: [], head: ['', 'n'], rows: [['a', '1']], more: 0 }
    const report = { project, name: 'R', now, interval, time_zone, completeUntil, subject: 'D' }
    const textOf = (count: number) =>
      reportLetter({ ...report, answers: Array.from({ length: count }, () => table) }).text
    expect([textOf(20), textOf(23)].map((text) => text.match(/^T$/gm)?.length)).toEqual([20, 20])
    expect(textOf(23)).toContain('Left out: 3 more insights')
    expect(textOf(20)).not.toContain('Left out')
  })

  const evil = fc.oneof(
    hostileString,
    fc.constantFrom(
      'a\r\nBcc: evil@example.com',
      'a\n\n<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '\u2028\u2029\u0085\u0000',
      '=?UTF-8?Q?=0D=0ABcc:_evil@example.com?=',
      '\u202egnp.exe',
      'x'.repeat(3_000),
    ),
  )
  const sheet: fc.Arbitrary<Sheet> = fc.record({
    subject: evil,
    title: evil,
    facts: fc.array(fc.tuple(evil, evil), { maxLength: 3 }),
    tables: fc.array(
      fc.record({
        title: evil,
        notes: fc.array(evil, { maxLength: 2 }),
        head: fc.tuple(evil, evil),
        rows: fc.array(fc.tuple(evil, evil), { maxLength: 3 }),
        more: fc.nat(3),
      }),
      { maxLength: 2 },
    ),
  })

  it('holds nothing but text, whatever stands in it', () => {
    const tags = new Set<string>()
    const property = fc.property(sheet, (said) => {
      const { subject, text, html } = writeLetter(said, '2026-06-17T00:00:00Z')
      expect(subject).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202e]/u)
      expect(subject).not.toContain('=?')
      expect([...subject.replaceAll('= ?', '=?')].length).toBeLessThanOrEqual(200)
      // Of line ends, only our own: a line for each thing that is said.
      const { facts, tables } = said
      const lines = tables.map(
        ({ notes, rows, more }) => 3 + notes.length + rows.length + (more ? 1 : 0),
      )
      const size = 3 + Math.max(1, facts.length) + lines.reduce((sum, n) => sum + n, 0)
      expect(text.split('\n')).toHaveLength(size)
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202e]/u)
      for (const [tag] of html.matchAll(/<[^>]*>?/g)) tags.add(tag.replace(/text-align:\w+/, ''))
      expect(html.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"']/)
    })
    fc.assert(property, { numRuns: 500 })
    // A handful that we write ourselves.
    expect([...tags].filter((tag) => /script|img|onerror|alert/.test(tag))).toEqual([])
    expect(tags.size).toBeLessThan(40)
  })

  it('cuts what is too long between characters', () => {
    expect(oneLine('\u{1f600}'.repeat(5), 3)).toBe('\u{1f600}\u{1f600}…')
    expect(oneLine('abc', 3)).toBe('abc')
  })
})

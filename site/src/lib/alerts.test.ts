import { InsightQuery } from '@headwater/schemas/insights/insight'
import { describe, expect, it } from 'vitest'
import { channelWords, conditionWords, readCondition, valueOptions } from './alerts.ts'

describe('a condition', () => {
  it('is read from a form, and told in words', () => {
    expect(readCondition('below', ' 10 ', 'percent')).toEqual({ type: 'below', threshold: 10 })
    const grows = readCondition('increase', '12.5', 'percent')
    expect(grows).toEqual({ type: 'increase', by: 12.5, unit: 'percent' })
    expect(grows && conditionWords(grows)).toBe('grows by 12.5 %')
    expect(conditionWords({ type: 'decrease', by: 3, unit: 'absolute' })).toBe('falls by 3')
    expect(conditionWords({ type: 'above', threshold: -1 })).toBe('above -1')
  })

  it.each(['', '  ', 'many', 'Infinity'])('is none without a number: "%s"', (amount) => {
    expect(readCondition('above', amount, 'absolute')).toBeNull()
  })
})

it('names receivers by host and address', () => {
  const channels = [
    { type: 'webhook' as const, url: 'https://example.com/hooks?secret=1' },
    { type: 'email' as const, to: ['ann@example.com', 'bob@example.com'] },
  ]
  expect(channelWords(channels)).toBe('example.com, ann@example.com, bob@example.com')
})

it('offers the numbers of formulas instead of those of the series that they hide', () => {
  const series = [{ event: 'a' }, { event: 'b' }]
  const ask = (more: object) =>
    InsightQuery.parse({ kind: 'trends', project: 'default', series, ...more })
  const paths = (more: object) => valueOptions(ask(more)).map(([path]) => path)
  expect(paths({})).toHaveLength(4)
  expect(paths({ formulas: ['A / B'] })).toEqual(['series.0.values.-1', 'series.0.total'])
})

import { FunnelQuery, TrendQuery } from '@headwater/schemas/insight'
import { describe, expect, it } from 'vitest'
import { readRange, writeRange } from './url-reader.ts'
import {
  type FunnelQuestion,
  readFunnel,
  readTrend,
  type TrendQuestion,
  trendQueries,
  writeFunnel,
  writeTrend,
} from './url-state.ts'

const defaults = { project: 'default' }
const read = (search: string) => readTrend(new URLSearchParams(search), defaults)

const trend: TrendQuestion = {
  project: 'shop',
  events: ['$pageview', 'signup & more'],
  measure: 'unique_persons',
  interval: 'hour',
  date_from: '2026-11-01',
  date_to: '2026-11-03',
  time_zone: 'America/New_York',
  filters: [
    { property: '$browser', operator: 'is', value: ['Chrome', 'Edge'] },
    { property: 'price', operator: 'gte', value: 9.5 },
    { property: '$country', operator: 'is_set' },
  ],
  breakdown: '$country',
  breakdown_limit: 8,
  chart: 'bar',
  include_bots: true,
}

const funnel: FunnelQuestion = {
  project: 'default',
  steps: [
    { event: '$pageview', filters: [{ property: '$pathname', operator: 'contains', value: '/a' }] },
    { event: 'signup_click', filters: [] },
  ],
  conversion_window: { value: 90, unit: 'minute' },
  date_from: '-30d',
  time_zone: 'UTC',
  filters: [],
  breakdown_limit: 8,
  include_bots: false,
}

describe('the question in the address', () => {
  it('reads a trend back as it was written', () => {
    const text = writeTrend(trend).toString()
    expect(readTrend(new URLSearchParams(text), defaults)).toEqual({ question: trend, ignored: [] })
  })

  it('reads a funnel back as it was written', () => {
    const text = writeFunnel(funnel).toString()
    expect(readFunnel(new URLSearchParams(text), defaults)).toEqual({
      question: funnel,
      ignored: [],
    })
  })

  it('reads a date range back as it was written', () => {
    const range = readRange(new URLSearchParams('date_from=-90d&interval=week'), defaults).question
    const text = writeRange(range).toString()
    expect(readRange(new URLSearchParams(text), defaults).question).toEqual(range)
  })

  it('fills an empty address with the defaults, and leaves the time zone to the project', () => {
    const { question, ignored } = read('')
    expect(question).toMatchObject({ ...defaults, events: ['$pageview'], date_from: '-7d' })
    expect(question).not.toHaveProperty('time_zone')
    expect(writeTrend(question).has('time_zone')).toBe(false)
    expect(ignored).toEqual([])
  })

  it.each([
    'interval=fortnight',
    'measure=constructor',
    'date_from=yesterday',
    'date_to=-7',
    'time_zone=%2B02:00',
    'time_zone=Nowhere/Land',
    'project=Default',
    'filters=[{"property":"a","operator":"like","value":1}]',
    'filters=[{"property":"a"}]',
    'filters=not json',
    'include_bots=yes',
    'chart=pie',
  ])('names %s as ignored and uses the default', (search) => {
    const { question, ignored } = read(search)
    expect(ignored).toHaveLength(1)
    expect(question).toEqual(read('').question)
  })

  it('keeps at most five events of an address and says which it left out', () => {
    const { question, ignored } = read('event=a&event=b&event=c&event=d&event=e&event=f&event=a')
    expect(question.events).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(ignored).toEqual(['event=f'])
  })

  it.each([
    ['steps=[]', 'too few steps'],
    ['steps=[{"event":"a"},{"event":7}]', 'a step without a name'],
    ['conversion_window=0 day', 'no time at all'],
    ['conversion_window=14 fortnight', 'an unknown unit'],
  ])('ignores a funnel with %s (%s)', (search) => {
    const { question, ignored } = readFunnel(new URLSearchParams(search), defaults)
    expect(ignored).toHaveLength(1)
    expect(question.steps.map(({ event }) => event)).toEqual([
      '$pageview',
      'feature_click',
      'signup_click',
    ])
  })

  it('asks only questions that the contract accepts', () => {
    for (const query of trendQueries(trend)) expect(TrendQuery.parse(query)).toEqual(query)
    expect(FunnelQuery.parse(funnel)).toEqual(funnel)
  })
})

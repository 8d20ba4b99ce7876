import { TrendsQuery } from '@headwater/schemas/insights/trends'
import { describe, expect, it } from 'vitest'
import { plainTrend, readTrends, trendsQuery, writeTrends } from './trends.ts'
import { readTrend, writeTrend } from './url-state.ts'

const DEFAULTS = { project: 'default' }
const read = (search: string) => readTrends(new URLSearchParams(search), DEFAULTS)
const rich = {
  series: [
    { event: '$pageview', measure: 'unique_sessions' },
    {
      event: 'order',
      measure: 'sum',
      measure_property: 'amount',
      filters: [{ property: 'plan', operator: 'is', value: 'pro' }],
    },
  ],
}
const RICH = new URLSearchParams({
  series: JSON.stringify(rich.series),
  formula: 'B / A * 100',
  compare: '-1w',
  smoothing: '7',
  chart: 'bar',
  project: 'default',
  interval: 'day',
  date_from: '-30d',
  breakdown: '$country',
}).toString()

describe('a question of trends in an address', () => {
  it('is the plain question that old addresses mean', () => {
    const search =
      'event=$pageview&event=signup&measure=unique_persons&chart=bar&breakdown=$browser'
    const { question, ignored } = read(search)
    const old = readTrend(new URLSearchParams(search), DEFAULTS).question
    expect(ignored).toEqual([])
    expect(plainTrend(question)).toEqual(old)
    expect(writeTrends(question).toString()).toBe(writeTrend(old).toString())
  })

  it('is read as it was written', () => {
    const { question, ignored } = read(RICH)
    expect(ignored).toEqual([])
    expect(writeTrends(question).toString()).toBe(RICH)
    expect(plainTrend(question)).toBeNull()
  })

  it('is one that the contract accepts', () => {
    const query = trendsQuery(read(RICH).question)
    expect(TrendsQuery.parse(query)).toMatchObject(query)
    expect(query).toMatchObject({
      series: [
        { event: '$pageview', measure: 'unique_sessions' },
        { event: 'order', measure: 'sum', measure_property: { property: 'amount' } },
      ],
      formulas: ['B / A * 100'],
      compare: { to: '-1w' },
      display: 'time',
    })
  })

  it.each([
    'formula=A*2',
    'compare=previous',
    'cumulative=true',
    'smoothing=3',
    'chart=number',
    'chart=table',
    'measure=weekly_active',
    'series=[{"event":"a","filters":[{"property":"b","operator":"is_set"}]}]',
    'series=[{"event":"a"},{"event":"a"}]',
  ])('needs more than the plain question with %s', (search) => {
    const { question, ignored } = read(search)
    expect(ignored).toEqual([])
    expect(plainTrend(question)).toBeNull()
    expect(read(writeTrends(question).toString()).question).toEqual(question)
  })

  it.each(['series=[]', 'series=[{"measure":"sum"}]', 'series={', 'compare=-2w', 'formula=%20'])(
    'names %s as not understood',
    (search) => {
      const { question, ignored } = read(search)
      expect(ignored).toHaveLength(1)
      expect(question).toEqual(read('').question)
    },
  )
})

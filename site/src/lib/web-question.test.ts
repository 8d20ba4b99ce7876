import { WEB_LISTS, WebOverviewQuery } from '@headwater/schemas/insights/web-overview'
import { describe, expect, it } from 'vitest'
import {
  LIST_WORDS,
  readWeb,
  rowFilters,
  type WebQuestion,
  webQueries,
  writeWeb,
} from './web-question.ts'

const defaults = { project: 'default' }
const read = (search: string) => readWeb(new URLSearchParams(search), defaults)

const full: WebQuestion = {
  project: 'shop',
  interval: 'hour',
  date_from: '2026-11-01',
  date_to: '2026-11-03',
  time_zone: 'America/New_York',
  filters: [{ property: 'plan', operator: 'is', value: 'pro' }],
  rows: { country: 'DE', source: 'a & b', utm_source: null, entry_page: '/=' },
  metric: 'sessions',
  compare: false,
  include_bots: true,
  shown: { ...read('').question.shown, pages: 'exit_page', campaigns: 'utm_term' },
  more: 'devices',
}

describe('the overview of a website in the address', () => {
  it('reads back what was written', () => {
    const text = writeWeb(full).toString()
    expect(text).toContain('country=DE')
    expect(read(text)).toEqual({ question: full, ignored: [] })
  })

  it('fills an empty address with the defaults', () => {
    expect(read('').question).toMatchObject({
      ...defaults,
      date_from: '-7d',
      rows: {},
      metric: 'visitors',
      compare: true,
      shown: { pages: 'page', sources: 'source', places: 'country', devices: 'device' },
      more: null,
    })
    expect(writeWeb(read('').question).toString()).toBe(
      'project=default&interval=day&date_from=-7d',
    )
  })

  it.each([
    'metric=bounces',
    'pages=country',
    'compare=maybe',
    'more=all',
    `page=${'x'.repeat(2_001)}`,
  ])('names %s as ignored and uses the default', (search) => {
    const { question, ignored } = read(search)
    expect(ignored).toHaveLength(1)
    expect(question).toEqual(read('').question)
  })

  it('asks only questions that the contract accepts, for each row of each list', () => {
    const rows = WEB_LISTS.flatMap((list) => [{ [list]: 'x' }, { [list]: null }])
    for (const row of [...rows, full.rows]) {
      for (const query of Object.values(webQueries({ ...full, rows: row }))) {
        expect(WebOverviewQuery.parse(query)).toMatchObject(query)
      }
    }
  })

  it('has words for every list that there is', () => {
    expect(Object.keys(LIST_WORDS).sort()).toEqual([...WEB_LISTS].sort())
  })

  it('asks for a source by its tag, or by its domain where there is no tag', () => {
    expect(rowFilters('source', 'x.org')).toEqual([
      {
        match: 'any',
        filters: [
          { type: 'session', property: '$entry_utm_source', operator: 'is', value: 'x.org' },
          {
            match: 'all',
            filters: [
              { type: 'session', property: '$entry_utm_source', operator: 'is_not_set' },
              {
                type: 'session',
                property: '$entry_referring_domain',
                operator: 'is',
                value: 'x.org',
              },
            ],
          },
        ],
      },
    ])
  })
})

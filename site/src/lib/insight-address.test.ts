import { InsightQuery } from '@headwater/schemas/insights/insight'
import { describe, expect, it } from 'vitest'
import { funnelsQuery, readFunnels } from './funnels.ts'
import { insightAddress } from './insight-address.ts'
import { readTrends, trendsQuery } from './trends.ts'

const DEFAULTS = { project: 'default' }
const TREND =
  'event=%24pageview&event=signup&measure=unique_persons&interval=week&date_from=-90d&breakdown=%24country' +
  '&time_zone=Europe%2FBerlin&include_bots=true&filters=%5B%7B%22property%22%3A%22plan%22%2C%22operator%22%3A%22is%22%2C%22value%22%3A%22pro%22%7D%5D'
const FUNNEL =
  'steps=%5B%7B%22event%22%3A%22a%22%2C%22filters%22%3A%5B%7B%22property%22%3A%22plan%22%2C%22operator%22%3A%22is_set%22%7D%5D%7D%2C%7B%22event%22%3A%22b%22%7D%5D' +
  '&conversion_window=3+hour&date_from=2026-06-01&date_to=2026-06-20'

const trend = (search = TREND) =>
  trendsQuery(readTrends(new URLSearchParams(search), DEFAULTS).question)
const funnel = (search = FUNNEL) =>
  funnelsQuery(readFunnels(new URLSearchParams(search), DEFAULTS).question)

const asked = (query: object) => InsightQuery.parse({ project: 'default', ...query })

describe("a page's question as an insight", () => {
  it.each([
    ['a trend', trend],
    ['a trend of nothing but defaults', () => trend('')],
    ['a funnel', funnel],
  ])('has everything that the contract fills in: %s', (_name, question) => {
    expect(InsightQuery.parse(question())).toEqual(question())
  })

  it.each([
    ['Trends', trend, (search: string) => trend(search)],
    ['Funnels', funnel, funnel],
    ['Funnels', () => funnel(`${FUNNEL}&order=strict`), funnel],
    ['Funnels', () => funnel(`${FUNNEL}&view=time`), funnel],
    ['Funnels', () => funnel(`${FUNNEL}&view=correlation&except=x&min_actors=2`), funnel],
    ['Funnels', () => funnel(`${FUNNEL}&view=correlation&correlate=plan`), funnel],
    ['Funnels', () => funnel(`${FUNNEL}&actor=group:company&breakdown=a&attribution=2`), funnel],
    ['Funnels', () => funnel(`${FUNNEL}&view=trend&interval=week`), funnel],
  ])('opens again in %s with the same question', (page, question, again) => {
    const found = insightAddress(question())
    expect(found?.page).toBe(page)
    expect(again(found?.href.split('?')[1] ?? '')).toEqual(question())
  })

  it.each([
    ['Stickiness', { kind: 'stickiness', series: [{ event: 'a' }, { event: 'b' }] }],
    [
      'Stickiness',
      {
        ...{ kind: 'stickiness', series: [{ event: 'a' }], cumulative: true, breakdown_limit: 8 },
        breakdowns: [{ property: 'plan' }],
      },
    ],
    ['Lifecycle', { kind: 'lifecycle', interval: 'week', activity: { event: 'login' } }],
    ['Paths', { kind: 'paths', start: '/', groupings: ['/user/*'], steps: 7 }],
    ['Paths', { kind: 'paths', items: [{ event: '*' }], exclude: ['$pageview'] }],
  ])('opens in %s what that page can ask', (page, question) => {
    expect(insightAddress(asked(question))?.page).toBe(page)
  })

  it.each([
    ['of a session', { kind: 'lifecycle', actor: 'session' }],
    [
      'named by another property',
      {
        kind: 'paths',
        items: [{ event: '$pageview', named_by: { property: 'title' } }],
      },
    ],
    [
      'with a filter of one series',
      {
        kind: 'stickiness',
        series: [{ event: 'a', filters: [{ property: 'b', operator: 'is_set' }] }],
      },
    ],
  ])('opens in no page that asks less: %s', (_name, question) => {
    expect(insightAddress(asked(question))).toBeNull()
  })

  it('opens what was saved elsewhere, where a limit of lines means nothing', () => {
    const series = [{ event: '$pageview' }]
    expect(insightAddress(asked({ kind: 'trends', series }))?.page).toBe('Trends')
    const broken = { kind: 'trends', series, breakdowns: [{ property: 'plan' }] }
    expect(insightAddress(asked(broken))).toBeNull()
  })

  it('opens in Retention what that page can ask', () => {
    const retention = { kind: 'retention', mode: 'first_time', interval: 'week', periods: 5 }
    expect(insightAddress(asked(retention))).toEqual({
      page: 'Retention',
      href: '/retention?start=%24pageview&return=%24pageview&mode=first_time&periods=5&project=default&interval=week&date_from=-7d',
    })
    expect(insightAddress(asked({ ...retention, brackets: [1, 2] }))).toBeNull()
  })

  it.each([
    ['a formula', { formulas: ['A / 2'] }],
    ['an earlier time beside it', { compare: { to: 'previous' } }],
    ['one number', { display: 'single_number' }],
    ['two breakdowns', { breakdowns: [{ property: 'a' }, { property: 'b' }] }],
    ['ranges of numbers', { breakdowns: [{ property: 'a', bins: 5 }] }],
    ['cohorts', { breakdowns: [{ cohorts: [{ cohort: 'coh_7k2m9xqd' }] }] }],
    ['a map', { display: 'map', breakdowns: [{ property: '$country' }] }],
    ['a measure', { series: [{ event: 'x', measure: 'first_time', filters: [] }] }],
    [
      'filters of one series',
      {
        series: [
          { event: 'x', measure: 'total', filters: [{ property: 'a', operator: 'is_set' }] },
        ],
      },
    ],
  ])('opens again in Trends with %s', (_name, more) => {
    const query = { ...trend(), ...more } as ReturnType<typeof trend>
    const found = insightAddress(query)
    expect(trend(found?.href.split('?')[1])).toEqual(query)
  })

  it.each([
    ['a comparison that the page lacks', { compare: { to: '-5w' } }],
    [
      'a property of persons that is measured',
      {
        series: [
          {
            ...{ event: 'x', measure: 'sum', filters: [] },
            measure_property: { type: 'person', property: 'age' },
          },
        ],
      },
    ],
    ['a property of persons', { filters: [{ type: 'person', property: 'a', operator: 'is_set' }] }],
    ['a cohort', { filters: [{ cohort: { id: 'coh_7k2m9xqd' } }] }],
    ['a map of no breakdown', { display: 'map', breakdowns: [] }],
    ['a start that the address cannot say', { date_from: 'month_start' }],
  ])('opens in no page that could not show all of it: %s', (_name, more) => {
    expect(insightAddress({ ...trend(), ...more } as ReturnType<typeof trend>)).toBeNull()
  })
})

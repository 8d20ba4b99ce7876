import { describe, expect, it } from 'vitest'
import { readRetention, retentionInterval, retentionQuery, writeRetention } from './retention.ts'

const DEFAULTS = { project: 'default' }
const read = (search: string) => readRetention(new URLSearchParams(search), DEFAULTS)

describe('a question of retention in an address', () => {
  it('is page views by day unless it says otherwise', () => {
    expect(retentionQuery(read('').question)).toEqual({
      kind: 'retention',
      project: 'default',
      date_from: '-7d',
      filters: [],
      include_bots: false,
      start: { event: '$pageview' },
      return: { event: '$pageview' },
      interval: 'day',
      mode: 'recurring',
      windows: 'calendar',
      minimum_occurrences: 1,
      cumulative: false,
      breakdowns: [],
      breakdown_limit: 8,
    })
  })

  it('is read as it was written', () => {
    const search =
      'start=signup&return=*&mode=first_time&periods=12&windows=from_start&minimum_occurrences=2' +
      '&cumulative=true&include_bots=true&cells=count&project=shop&interval=week&date_from=-90d' +
      '&date_to=2026-11-01&time_zone=Europe%2FBerlin&breakdown=%24country'
    const { question, ignored } = read(search)
    expect(ignored).toEqual([])
    expect(new URLSearchParams(search).toString()).toBe(writeRetention(question).toString())
    expect(retentionQuery(question)).toMatchObject({
      periods: 12,
      breakdowns: [{ property: '$country' }],
      time_zone: 'Europe/Berlin',
    })
  })

  it('names what it does not understand once', () => {
    const { question, ignored } = read('interval=year&mode=sometimes&periods=0&cells=all')
    expect(ignored).toEqual(['interval=year', 'mode=sometimes', 'periods=0', 'cells=all'])
    expect(question).toMatchObject({ interval: 'day', mode: 'recurring', periods: null })
  })

  it('takes the nearest interval that retention has', () => {
    expect(retentionInterval('minute')).toBe('hour')
    expect(retentionInterval('week')).toBe('week')
    expect(retentionInterval('year')).toBe('month')
  })
})

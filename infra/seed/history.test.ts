import { parseEvents } from '@headwater/schemas/event'
import { describe, expect, it } from 'vitest'
import { BOTS } from './catalog.ts'
import { makeHistory } from './history.ts'
import type { SeedEvent } from './visit.ts'

const DAY_MS = 86_400_000
const END_DAY_MS = Date.UTC(2026, 10, 23)
const options = { seed: 42, days: 30, events: 50_000, endMs: END_DAY_MS + 15 * 3_600_000 }
const history = makeHistory(options)
const people = history.filter(({ properties }) => !isBot(properties.$raw_user_agent))

function isBot(agent: unknown): boolean {
  return BOTS.some(({ user_agent }) => user_agent === agent)
}

function personsOf(event: string): Set<string> {
  return new Set(people.filter((e) => e.event === event).map((e) => e.distinct_id))
}

function countWhere(events: SeedEvent[], isSo: (at: Date, event: SeedEvent) => boolean): number {
  return events.filter((event) => isSo(new Date(event.timestamp), event)).length
}

describe('the demo history', () => {
  it('has at least the asked number of events in its whole days, and some on the end day', () => {
    const whole = countWhere(history, (at) => at.getTime() < END_DAY_MS)
    expect(whole).toBeGreaterThanOrEqual(50_000)
    expect(whole).toBeLessThan(50_500)
    expect(history.length - whole).toBeGreaterThan(500)
  })

  it('lies within its days, in order of time, on every day', () => {
    const times = history.map(({ timestamp }) => Date.parse(timestamp))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times[0]).toBeGreaterThanOrEqual(END_DAY_MS - 30 * DAY_MS)
    expect(times.at(-1)).toBeLessThan(END_DAY_MS + DAY_MS)
    expect(new Set(history.map(({ timestamp }) => timestamp.slice(0, 10))).size).toBe(31)
  })

  it('is the same at every moment of the end day, uuids included', () => {
    expect(makeHistory({ ...options, endMs: END_DAY_MS })).toEqual(history)
    const other = makeHistory({ ...options, seed: 43, events: 1_000 })
    const uuids = new Set(history.map(({ uuid }) => uuid))
    expect(uuids.size).toBe(history.length)
    expect(other.filter(({ uuid }) => uuids.has(uuid))).toEqual([])
  })

  it('only gains events when more are asked for', () => {
    const all = new Set(history.map(({ uuid }) => uuid))
    const fewer = makeHistory({ ...options, events: 5_000 })
    expect(fewer.filter(({ uuid }) => !all.has(uuid))).toEqual([])
  })

  it('is accepted by the event contract without a drop', () => {
    const { accepted, dropped } = parseEvents(structuredClone(history))
    expect(dropped).toEqual([])
    expect(accepted).toHaveLength(history.length)
  })

  it('has a funnel with honest drop-off, to sign-up and to purchase', () => {
    const [seen, feature, signup, cart, purchase] = [
      ...['$pageview', 'feature_click', 'signup_click', 'add_to_cart', 'purchase'],
    ].map((event) => personsOf(event).size) as [number, number, number, number, number]
    expect(feature / seen).toBeGreaterThan(0.3)
    expect(feature / seen).toBeLessThan(0.65)
    expect(signup / feature).toBeGreaterThan(0.1)
    expect(signup / feature).toBeLessThan(0.35)
    expect(purchase / cart).toBeGreaterThan(0.25)
    expect(purchase / cart).toBeLessThan(0.6)
    // In order: nobody signs up without having clicked a feature first.
    const clicked = personsOf('feature_click')
    const recent = people.filter((e) => e.event === 'signup_click')
    expect(recent.filter((e) => clicked.has(e.distinct_id)).length).toBe(recent.length)
  })

  it('is quieter on weekends and at night, and grows slowly', () => {
    const weekend = countWhere(history, (at) => at.getUTCDay() % 6 === 0) / 8
    const working = countWhere(history, (at) => at.getUTCDay() % 6 !== 0) / 22
    expect(weekend / working).toBeLessThan(0.8)
    const inBerlin = history.filter(({ properties }) => properties.$country === 'DE')
    const night = countWhere(inBerlin, (at) => [1, 2, 3].includes(at.getUTCHours()))
    const evening = countWhere(inBerlin, (at) => [17, 18, 19].includes(at.getUTCHours()))
    expect(evening).toBeGreaterThan(night * 8)
    const week = (number: number) =>
      countWhere(history, (at) => {
        const age = at.getTime() - (END_DAY_MS - 28 * DAY_MS)
        return Math.floor(age / (7 * DAY_MS)) === number
      })
    expect(week(3) / week(0)).toBeGreaterThan(1.1)
    expect(week(3) / week(0)).toBeLessThan(2)
  })

  it('has many countries and devices, campaigns, some bots, and people who return', () => {
    const values = (name: string) => new Set(history.map(({ properties }) => properties[name]))
    expect(values('$country').size).toBeGreaterThanOrEqual(10)
    expect(values('$raw_user_agent').size).toBeGreaterThanOrEqual(12)
    const campaigns = history.filter(({ properties }) =>
      String(properties.$current_url).includes('utm_campaign='),
    )
    expect(campaigns.length).toBeGreaterThan(1_000)
    const botShare = 1 - people.length / history.length
    expect(botShare).toBeGreaterThan(0.01)
    expect(botShare).toBeLessThan(0.06)
    const sessions = new Set(people.map(({ properties }) => properties.$session_id)).size
    const persons = new Set(people.map(({ distinct_id }) => distinct_id)).size
    expect(sessions / persons).toBeGreaterThan(1.3)
  })
})

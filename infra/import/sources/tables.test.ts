import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TimelessEvent } from '../source.ts'
import { csv } from './csv.ts'
import { mappedFixture, times } from './mapped.ts'
import { plausible } from './plausible.ts'

const folder = mkdtempSync(join(tmpdir(), 'headwater-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('Plausible', () => {
  it('makes up as many page views of each page and day as there were', async () => {
    const { events } = await mappedFixture(plausible, 'plausible.zip')
    const views = events.filter(({ event }) => event === '$pageview')
    expect(countBy(views, (view) => `${day(view)} ${view.properties.$current_url}`)).toEqual({
      '2024-03-10 https://shop.example/': 4,
      '2024-03-10 https://shop.example/pricing': 2,
      '2024-03-11 https://shop.example/': 1,
    })
    expect(views.every(({ properties }) => properties.$synthesized === true)).toBe(true)
  })

  it('shares them among as many visitors as the day and each page had', async () => {
    const { events } = await mappedFixture(plausible, 'plausible.zip')
    const views = events.filter(({ event }) => event === '$pageview')
    const visitors = (of: TimelessEvent[]) => new Set(of.map(({ distinct_id }) => distinct_id)).size
    const ofDay = views.filter((view) => day(view) === '2024-03-10')
    expect(visitors(ofDay)).toBe(3)
    expect(visitors(ofDay.filter(({ properties }) => properties.$pathname === '/'))).toBe(2)
    expect(visitors(ofDay.filter(({ properties }) => properties.$pathname === '/pricing'))).toBe(2)
    expect(visitors(views)).toBe(4)
  })

  it('makes up custom events too, at noon of the site’s clock', async () => {
    const { events } = await mappedFixture(plausible, 'plausible.zip', {
      timeZone: 'Europe/Berlin',
    })
    const custom = events.filter(({ event }) => event !== '$pageview')
    expect(custom.map(({ event, properties }) => [event, properties.url])).toEqual([
      ['Signup', undefined],
      ['Signup', undefined],
      ['Outbound Link: Click', 'https://docs.example/'],
    ])
    expect(times(custom)[0]).toBe('2024-03-10T11:00:00.000Z')
  })

  it('names what it leaves out', async () => {
    const { skipped } = await mappedFixture(plausible, 'plausible.zip')
    expect(skipped).toContain('imported_sources_20240310_20240311.csv')
  })

  it('gives the same events the same uuids', async () => {
    const uuids = async () =>
      (await mappedFixture(plausible, 'plausible.zip')).events.map(({ uuid }) => uuid)
    const first = await uuids()
    expect(new Set(first).size).toBe(10)
    expect(await uuids()).toEqual(first)
  })
})

describe('a CSV of any kind', () => {
  it('has its columns mapped, the others as properties of what they look like', async () => {
    const text = `id,who,what,at,amount,zip,paid,note,extra
order-1,ann,order,2024-03-10 22:30:00,12.5,01234,true,,"{""color"":""red""}"
`
    const { events } = await mapped(text, {
      event: 'what',
      distinct_id: 'who',
      timestamp: 'at',
      uuid: 'id',
      properties: 'extra',
    })
    expect(events).toEqual([
      {
        uuid: expect.stringMatching(/-5\w{3}-/),
        event: 'order',
        distinct_id: 'ann',
        timestamp: Date.UTC(2024, 2, 10, 22, 30),
        properties: { color: 'red', amount: 12.5, zip: '01234', paid: true },
      },
    ])
  })

  it('may have one event only, which the command line names', async () => {
    const text = 'user,timestamp\nann,1710109800\nann,1710109800123\nann,2024-03-10\n'
    const { events } = await mapped(text, { event: '=order paid', distinct_id: 'user' })
    expect(events.map(({ event }) => event)).toEqual(['order paid', 'order paid', 'order paid'])
    expect(times(events)).toEqual([
      '2024-03-10T22:30:00.000Z',
      '2024-03-10T22:30:00.123Z',
      '2024-03-10T00:00:00.000Z',
    ])
  })

  it('has times of the clock that the command line names, where they say none', async () => {
    const text = 'event,distinct_id,timestamp\na,b,2024-07-10 12:00\na,b,2024-07-10T12:00:00Z\n'
    const { events } = await mapped(text, {}, 'Europe/Berlin')
    expect(times(events)).toEqual(['2024-07-10T10:00:00.000Z', '2024-07-10T12:00:00.000Z'])
  })

  it('keeps equal rows apart, whatever stands between, and knows each of them again', async () => {
    const header = 'event,distinct_id,timestamp\n'
    const row = 'a,b,2024-07-10\n'
    const uuids = async (text: string) => (await mapped(text)).events.map(({ uuid }) => uuid)
    const [first, , second] = await uuids(`${header}${row}c,d,2024-07-11\n${row}`)
    expect(first).not.toBe(second)
    expect(await uuids(`${header}${row}${row}`)).toEqual([first, second])
  })

  it('may be JSON lines, and links the anonymous id that a column holds', async () => {
    const text =
      '{"event":"a","distinct_id":"ann","timestamp":1710109800000,"anon":"x","n":{"m":1}}\n'
    const { events } = await mapped(text, { anonymous_id: 'anon' })
    expect(events.map(({ event, properties }) => [event, properties])).toEqual([
      ['a', { n: { m: 1 } }],
      ['$identify', { $anon_distinct_id: 'x' }],
    ])
  })
})

let files = 0
function mapped(text: string, columns: Record<string, string> = {}, timeZone = 'UTC') {
  const path = join(folder, `${files++}`)
  writeFileSync(path, text)
  return mappedFixture(csv, path, { columns, timeZone })
}

function day({ timestamp }: TimelessEvent): string {
  return new Date(timestamp ?? 0).toISOString().slice(0, 10)
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string) {
  const counts: Record<string, number> = {}
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1
  return counts
}

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrendResult } from '@headwater/schemas/insight'
import type { PersonLinks, PersonList } from '@headwater/schemas/insights/persons'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openChdbStore } from '../../core/store/chdb.ts'
import { type ImportProcess, startImport } from '../import/import-process.ts'
import type { ImportState } from '../import/state.ts'
import { ROOT } from '../local/config.ts'
import { untilDrained } from './drained.ts'
import { type Stack, startStack } from './stack.ts'

// Exports of other products, through the real stack into the store.

const FIXTURES = join(ROOT, 'infra/import/fixtures')
const ROWS = 30_000
const DAYS = 7
const FIRST_DAY = Date.UTC(2024, 1, 26)
const DAY_MS = 86_400_000

let stack: Stack
let folder: string
beforeAll(async () => {
  stack = await startStack()
  folder = mkdtempSync(join(tmpdir(), 'headwater-import-'))
})
afterAll(async () => {
  await stack.remove()
  rmSync(folder, { recursive: true, force: true })
})

it('counts by day what the file has by day, although the import was killed, and was done again', async () => {
  const path = join(folder, 'orders.csv')
  const byDay = writeOrders(path)
  const args = ['csv', path, '--map', 'distinct_id=customer,event==order']
  const killed = start(args)
  await expect.poll(() => outcomesDone() > 0, { interval: 20 }).toBe(true)
  killed.process.kill('SIGKILL')
  await killed.ended
  expect(outcomesDone()).toBeLessThan(ROWS)

  const { code, output } = await start(args).ended
  expect(output).toMatch(/Accepted 30,000 events of 30,000 rows, [\d,]+ of them by earlier runs/)
  expect(code).toBe(0)
  await untilDrained(stack)
  expect(await ordersByDay()).toEqual(byDay)

  expect((await start([...args, '--restart']).ended).code).toBe(0)
  await untilDrained(stack)
  expect(await ordersByDay()).toEqual(byDay)
})

it('knows who is who by what the export links', async () => {
  const file = join(FIXTURES, 'mixpanel.jsonl')
  expect((await start(['mixpanel', file]).ended).code).toBe(0)
  await expect
    .poll(() => linksOf('$device:d-1'))
    .toEqual([
      ['$device:d-1', 'ann', 'joined'],
      ['ann-mobile', 'ann', 'joined'],
      ['ann-tablet', 'ann', 'joined'],
      ['ann@example.com', 'ann', 'joined'],
      ['d-0', 'ann', 'joined'],
    ])
})

it('stores what each product’s export says, under its own time', async () => {
  for (const [source, file] of [
    ['posthog', 'posthog.jsonl'],
    ['amplitude', 'amplitude.zip'],
    ['ga4-bigquery', 'ga4.jsonl'],
    ['umami', 'umami.csv'],
  ] as const) {
    const { code, output } = await start([source, join(FIXTURES, file)]).ended
    expect(output, source).toContain('0 dropped')
    expect(code, source).toBe(0)
  }
  const plausible = ['plausible', join(FIXTURES, 'plausible.zip'), '--synthesize']
  expect((await start(plausible).ended).code).toBe(0)
  await untilDrained(stack)
  await stack.stop()
  const views = await stored(`
    SELECT properties.$import_source::String AS source, count() AS events,
      min(timestamp)::String AS first, anyIf(country, country != '') AS country,
      any(browser) AS browser, any(time_note) AS time_note
    FROM events WHERE event = '$pageview' GROUP BY source ORDER BY source`)
  const first = '2024-03-10 22:30:00.123'
  expect(views.map(({ events, ...view }) => ({ events: Number(events), ...view }))).toEqual([
    view('amplitude', 1, first),
    view('ga4-bigquery', 1, first),
    view('mixpanel', 1, '2024-03-10 22:30:00.000'),
    { ...view('plausible', 7, '2024-03-10 12:00:00.000'), country: '', browser: '' },
    view('posthog', 1, first),
    view('umami', 1, '2024-03-10 22:30:00.000'),
  ])
})

function view(source: string, events: number, first: string) {
  return { source, events, first, country: 'DE', browser: 'Chrome', time_note: '' }
}

/** Orders over a week, more from day to day; many are equal. Returns how many of each day. */
function writeOrders(path: string): number[] {
  const byDay = Array.from({ length: DAYS }, () => 0)
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const day = Math.floor(Math.sqrt((i / ROWS) * DAYS * DAYS))
    byDay[day] = (byDay[day] ?? 0) + 1
    const at = new Date(FIRST_DAY + day * DAY_MS + (i % 24) * 3_600_000).toISOString()
    return `customer-${i % 700},${at},${i % 3}`
  })
  writeFileSync(path, `customer,timestamp,amount\n${lines.join('\n')}\n`)
  return byDay
}

function start(args: string[]): ImportProcess {
  return startImport([...args, '--key', stack.writeKey, '--host', stack.url('edge')], {
    DATA_DIR: folder,
  })
}

function outcomesDone(): number {
  try {
    const imports = join(folder, 'imports')
    const name = readdirSync(imports).find((file) => /^csv-\w+\.json$/.test(file)) ?? ''
    const state = JSON.parse(readFileSync(join(imports, name), 'utf8')) as ImportState
    return state.files[0]?.outcomes ?? 0
  } catch {
    return 0
  }
}

async function ordersByDay(): Promise<number[]> {
  const range = 'date_from=2024-02-26&date_to=2024-03-03&interval=day&time_zone=UTC'
  const url = stack.url('query', `/api/trends?project=default&event=order&${range}`)
  const { series } = (await (await fetch(url)).json()) as TrendResult
  return series[0]?.values.map(Number) ?? []
}

/** What links the person of a distinct_id: from, to, and whether it holds; by who joined. */
async function linksOf(distinctId: string): Promise<string[][]> {
  const found = `/api/persons?project=default&distinct_id=${encodeURIComponent(distinctId)}`
  const { persons } = (await (await fetch(stack.url('query', found))).json()) as PersonList
  const path = `/api/persons/${persons[0]?.id}/links?project=default`
  const { links = [] } = (await (
    await fetch(stack.url('query', path))
  ).json()) as Partial<PersonLinks>
  return links.map(({ from, to, state }) => [from, to, state ?? '']).sort()
}

async function stored(text: string): Promise<Record<string, unknown>[]> {
  const store = await openChdbStore({ path: `${stack.dataDir}/store` })
  const rows = await store.query<Record<string, unknown>>({ text })
  await store.close()
  return rows
}

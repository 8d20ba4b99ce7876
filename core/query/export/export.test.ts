import type { ApiError } from '@headwater/schemas/insights/question'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../shared/service.ts'
import { StoreError } from '../../store/store.ts'
import { openTestApi, type TestApi, testClient } from '../test-api.ts'
import { streamBody } from './stream-body.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  const hour = 3_600_000
  const events = Array.from({ length: 30 }, (_, n) => ({
    project_id: 'shop',
    event: n % 3 === 0 ? 'buy' : 'view',
    distinct_id: `person ${n % 5}`,
    timestamp: api.now - n * hour,
    browser: 'Firefox',
    is_bot: n % 10 === 9,
    properties: { n, plan: n % 2 === 0 ? 'pro' : '=1+1', 'a.b': 'x,"y"' },
  }))
  await api.insert([...events, { project_id: 'other', timestamp: api.now, event: 'secret' }])
})
afterAll(() => api.remove())

const exported = async (query: object): Promise<Response> =>
  api.fetch('/api/export', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ project: 'shop', date_from: '-30d', ...query }),
  })
const lines = async (query: object): Promise<Record<string, unknown>[]> => {
  const response = await exported({ format: 'ndjson', ...query })
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

describe('an export', () => {
  it('has as many rows as a count of the same events', async () => {
    const filters = [{ property: 'plan', operator: 'is', value: 'pro' }]
    for (const query of [{}, { events: ['buy'] }, { filters }, { include_bots: false }]) {
      const rows = await lines({ columns: ['uuid'], ...query })
      const { body } = await api.post<{ rows: string[][] }>('/api/sql', {
        project: 'shop',
        sql: `SELECT count() FROM events WHERE 1 = 1
          ${'events' in query ? "AND event = 'buy'" : ''}
          ${'filters' in query ? "AND properties.plan = 'pro'" : ''}
          ${'include_bots' in query ? 'AND NOT is_bot' : ''}`,
      })
      expect(rows).toHaveLength(Number(body.rows[0]?.[0]))
      expect(new Set(rows.map(({ uuid }) => uuid)).size).toBe(rows.length)
    }
  })

  it('holds the range: its start, not its end', async () => {
    const day = { date_from: '2026-06-16T12:00', date_to: '2026-06-17T12:00' }
    const rows = await lines({ columns: ['timestamp'], ...day })
    expect(rows.map(({ timestamp }) => timestamp).sort()).toEqual(
      Array.from({ length: 24 }, (_, n) => new Date(Date.UTC(2026, 5, 16, 12 + n)).toISOString()),
    )
    expect(await lines({ date_from: 'all', columns: ['uuid'] })).toHaveLength(30)
  })

  it('has the columns that were chosen, in that order, and properties as text', async () => {
    const response = await exported({
      columns: ['event', 'timestamp'],
      properties: ['plan', 'a.b', '$browser', 'none'],
      events: ['buy'],
      date_from: '2026-06-17T11:30',
    })
    expect(await response.text()).toBe(
      '"event","timestamp","properties.plan","properties.a.b","properties.$browser","properties.none"\r\n' +
        '"buy","2026-06-17T12:00:00.000Z","pro","x,""y""","Firefox",""\r\n',
    )
    expect(response.headers.get('content-type')).toMatch(/^text\/csv/)
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="shop-events.csv"',
    )
    expect(response.headers.get('headwater-complete-until')).toBe(new Date(api.now).toISOString())
  })

  it('has everything of an event without being told', async () => {
    const [row] = await lines({ date_from: '2026-06-17T11:30' })
    expect(row).toMatchObject({
      event: 'buy',
      distinct_id: 'person 0',
      browser: 'Firefox',
      is_bot: false,
      properties: { n: '0', plan: 'pro' },
    })
    expect(row).not.toHaveProperty('log_offset')
  })

  it('keeps formulas from spreadsheets when it is asked to', async () => {
    const query = { columns: ['event'], properties: ['plan'], events: ['view'], date_from: '-1h' }
    expect(await (await exported(query)).text()).toContain('"view","=1+1"')
    const safe = await exported({ ...query, spreadsheet_safe: true })
    expect(await safe.text()).toContain(`"view","'=1+1"`)
  })

  it('comes by a link, too', async () => {
    const params = new URLSearchParams({
      project: 'shop',
      date_from: '2026-06-17T11:30',
      columns: 'event,distinct_id',
      events: 'buy,view',
      include_bots: 'false',
      filters: '[{"property":"plan","value":"pro"}]',
    })
    const response = await api.fetch(`/api/export?${params}`)
    expect(await response.text()).toBe('"event","distinct_id"\r\n"buy","person 0"\r\n')
  })

  it.each([
    [{ format: 'xml' }, 'format'],
    [{ columns: ['log_offset'] }, 'columns.0'],
    [{ columns: [] }, 'columns'],
    [{ properties: ['^`a`'] }, 'properties.0'],
    [{ date_from: '2026-06-18', date_to: '2026-06-01' }, 'date_from'],
    [{ filters: [{ property: 'a', operator: 'gt', value: 'x' }] }, 'filters.0.value'],
    [{ colour: 'red' }, 'colour'],
  ])('refuses %j and names the field', async (change, field) => {
    const response = await exported(change)
    const { error } = (await response.json()) as ApiError
    expect([response.status, error.field]).toEqual([400, field])
  })

  it('is refused for a project that there is not', async () => {
    expect((await exported({ project: 'nobody' })).status).toBe(404)
  })
})

describe('an export that does not reach its end', () => {
  const chunk = new Uint8Array(1_000)
  const client = (stream: (signal: AbortSignal) => AsyncIterable<Uint8Array>) =>
    testClient({
      store: api.store,
      raw: {
        stream: (_, { signal }) => stream(signal ?? new AbortController().signal),
        confined: () => Promise.reject(new Error('not asked')),
      },
    })
  const url = '/api/export?project=shop'

  it('has a status when it fails before its first byte', async () => {
    // biome-ignore lint/correctness/useYield: it fails before
    const failing = client(async function* () {
      throw new StoreError('unavailable', 'away')
    })
    expect((await failing.fetch(url)).status).toBe(503)
  })

  it('breaks off when it fails midway', async () => {
    const failing = client(async function* () {
      yield chunk
      throw new StoreError('too_heavy', 'time')
    })
    const response = await failing.fetch(url)
    expect(response.status).toBe(200)
    await expect(response.arrayBuffer()).rejects.toThrow()
  })

  it('is not whole to a client over the network, and stops when that goes away', async () => {
    let made = 0
    const stopped = Promise.withResolvers<void>()
    const fails = client(async function* () {
      yield chunk
      yield chunk
      throw new StoreError('too_heavy', 'time')
    })
    const endless = client(async function* (signal) {
      try {
        for (;;) {
          if (signal.aborted) return
          made++
          yield chunk
        }
      } finally {
        stopped.resolve()
      }
    })
    const services = await Promise.all(
      [fails, endless].map(({ fetch }) =>
        listen(async (request) => fetch(request.url, request), '127.0.0.1', 0),
      ),
    )
    const [failing, unending] = services.map((service) => service.url)
    const broken = fetch(`${failing}${url}`).then((response) => response.arrayBuffer())
    await expect(broken).rejects.toThrow()
    const controller = new AbortController()
    const response = await fetch(`${unending}${url}`, { signal: controller.signal })
    await response.body?.getReader().read()
    // Nobody reads: what is made is what fits into the network's buffers, and then nothing.
    await expect
      .poll(async () => {
        const before = made
        await new Promise((resolve) => setTimeout(resolve, 200))
        return made - before
      })
      .toBe(0)
    expect(made).toBeLessThan(50_000)
    controller.abort()
    await stopped.promise
    await Promise.all(services.map((service) => service.close()))
  })

  it('gives its place to the next', async () => {
    const places: string[] = []
    const options = (name: string, signal: AbortSignal) => ({
      signal,
      async enter(task: () => Promise<void>) {
        places.push(`${name} in`)
        await task()
        places.push(`${name} out`)
      },
      async *open() {
        yield chunk
        yield chunk
      },
      ended: () => void places.push(`${name} ended`),
      failed: () => void places.push(`${name} failed`),
    })
    const never = new AbortController().signal
    await new Response(await streamBody(options('read', never))).arrayBuffer()
    await (await streamBody(options('cancelled', never))).cancel()
    await new Promise((resolve) => setTimeout(resolve))
    expect(places).toEqual(['read in', 'read ended', 'read out', 'cancelled in', 'cancelled out'])
  })
})

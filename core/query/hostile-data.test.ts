import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hostileString, LEAK, OTHER_PROJECT, SECRET } from './hostile-strings.ts'
import { openTestApi, type TestApi } from './test-api.ts'

// What lists, describes, exports and asks events themselves, with every text of it made hostile.
const REQUESTS = 600
const UUID = '6c2e8e0e-6f0a-4a3e-8a53-0d4f4e1a9f10'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  const facts = { event: '$pageview', timestamp: api.now }
  const own = { ...facts, browser: 'Chrome', properties: { plan: 'pro', 'a.b': 1, a: { b: 2 } } }
  const others = {
    ...facts,
    project_id: OTHER_PROJECT,
    distinct_id: SECRET,
    browser: SECRET,
    properties: { plan: SECRET, [SECRET]: 1 },
  }
  await api.insert([own, { ...own, event: 'signup' }, others, { ...others, event: SECRET }])
  await api.insert([{ ...others, uuid: UUID }])
})
afterAll(() => api.remove())

const PLACE = { project: 'default' }
const filters = [{ property: 'plan', operator: 'is', value: 'pro' }]
/** A request as it is usual, with the places of its texts. */
const SEEDS: { method: 'GET' | 'POST' | 'PUT'; path: string; fields: Record<string, unknown> }[] = [
  {
    method: 'POST',
    path: '/api/events',
    fields: { events: ['$pageview'], filters, search: 'pro', properties: ['plan', '$browser'] },
  },
  { method: 'POST', path: '/api/events', fields: { after: `1.${UUID}`, date_from: '-1d' } },
  { method: 'GET', path: `/api/events/${UUID}`, fields: { timestamp: '2026-06-17T12:00:00Z' } },
  {
    method: 'POST',
    path: '/api/export',
    fields: { format: 'ndjson', events: ['signup'], filters, properties: ['plan', 'a.b'] },
  },
  {
    method: 'POST',
    path: '/api/export',
    fields: { format: 'csv', spreadsheet_safe: true, properties: ['plan'], columns: ['event'] },
  },
  {
    method: 'GET',
    path: '/api/export',
    fields: { events: 'signup', properties: 'plan', filters: JSON.stringify(filters) },
  },
  { method: 'GET', path: '/api/definitions/properties', fields: { event: '$pageview' } },
  { method: 'PUT', path: '/api/definitions/events', fields: { name: 'a', description: 'b' } },
  { method: 'PUT', path: '/api/definitions/properties', fields: { name: 'a', description: 'b' } },
]

type Path = readonly (string | number)[]
function textsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => textsOf(part, [...path, key]))
}

function changed(fields: object, path: Path, text: string): Record<string, unknown> {
  const copy = structuredClone(fields) as Record<string, unknown>
  let holder: Record<string | number, unknown> = copy
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>
  holder[path.at(-1) ?? ''] = text
  return copy
}

const attack = fc.constantFrom(...SEEDS).chain((seed) => {
  const places = textsOf(seed.fields)
  if (places.length === 0) return fc.constant(seed)
  const change = fc.tuple(fc.constantFrom(...places), hostileString)
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => ({
    ...seed,
    fields: changes.reduce((fields, [path, text]) => changed(fields, path, text), seed.fields),
  }))
})

async function send({ method, path, fields }: (typeof SEEDS)[number]): Promise<Response> {
  const all = { ...PLACE, ...fields }
  if (method === 'GET') {
    const params = new URLSearchParams(
      Object.entries(all).map(([name, value]): [string, string] => [name, String(value)]),
    )
    return api.fetch(`${path}?${params}`)
  }
  const headers = { 'content-type': 'application/json' }
  return api.fetch(path, { method, headers, body: JSON.stringify(all) })
}

async function judge(response: Response): Promise<void> {
  const text = await response.text()
  expect([200, 400, 404], text).toContain(response.status)
  expect(text).not.toContain(SECRET)
  expect(text).not.toMatch(LEAK)
}

it(`answers ${REQUESTS} hostile requests without a fault, SQL or another project’s rows`, async () => {
  const answered = new Map<string, number>()
  const property = fc.asyncProperty(attack, async (request) => {
    const response = await send(request)
    const key = `${request.method} ${request.path}`
    if (response.status === 200) answered.set(key, (answered.get(key) ?? 0) + 1)
    await judge(response)
  })
  await fc.assert(property, { numRuns: REQUESTS })
  // A test in which every request is refused would show nothing.
  const never = SEEDS.filter(({ method, path }) => !answered.has(`${method} ${path}`))
  expect(never.map(({ path }) => path)).toEqual([`/api/events/${UUID}`])
  const { body } = await api.post<{ rows: unknown[][] }>('/api/sql', {
    ...PLACE,
    sql: 'SELECT count() FROM events',
  })
  expect(body.rows).toEqual([['2']])
}, 240_000)

it('gives a hostile text back in SQL, as a value and as a name, and nothing else', async () => {
  let answered = 0
  const property = fc.asyncProperty(hostileString, hostileString, async (text, name) => {
    const quoted = (quote: string, inner: string) =>
      quote + inner.replaceAll('\\', '\\\\').replaceAll(quote, quote + quote) + quote
    const sql = `SELECT ${quoted("'", text)} AS ${quoted('`', name)}, ${quoted('"', name)}, distinct_id
      FROM events WHERE event != ${quoted("'", text)} LIMIT 1`
    const { status, body } = await api.post<{ columns: { name: string }[]; rows: unknown[][] }>(
      '/api/sql',
      { ...PLACE, sql },
    )
    expect([200, 400], JSON.stringify(body)).toContain(status)
    expect(JSON.stringify(body)).not.toMatch(LEAK)
    expect(JSON.stringify(body)).not.toContain(SECRET)
    if (status !== 200) return
    answered++
    expect(body.rows[0]?.[0]).toBe(text.toWellFormed())
  })
  await fc.assert(property, { numRuns: 300 })
  expect(answered).toBeGreaterThan(150)
}, 120_000)

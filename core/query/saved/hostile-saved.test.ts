import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hostileString, LEAK, OTHER_PROJECT, SECRET } from '../hostile-strings.ts'
import { insightOn, openSavedApi, type SavedApi } from './test-saved.ts'

// Strings that would break out of SQL, of a path or of JSON, in every field of what can be saved. What
// another project holds is marked, and must never be seen.
const RUNS = 1_500

let api: SavedApi
const theirs: string[] = []
const mine: string[] = []
beforeAll(async () => {
  api = await openSavedApi()
  for (const [project, ids] of [
    [OTHER_PROJECT, theirs],
    ['default', mine],
  ] as const) {
    const path = `?project=${project}`
    const text = project === OTHER_PROJECT ? SECRET : 'mine'
    const { id } = await api.made(
      `/api/insights${path}`,
      insightOn(project, text, { tags: [text] }),
    )
    const tile = { insight: id, x: 0, y: 0, w: 1, h: 1 }
    const dashboard = await api.made(`/api/dashboards${path}`, { name: text, tiles: [tile] })
    const note = { time: '2026-01-01T00:00:00Z', text }
    const annotation = await api.made(`/api/annotations${path}`, note)
    const cohort = await api.made(`/api/cohorts${path}`, { name: text, rule: ruleOf(text) })
    ids.push(id, dashboard.id, annotation.id, cohort.id)
  }
})
afterAll(() => api.close())

const ruleOf = (event: unknown) => ({ conditions: [{ type: 'did', event }] })
const sometimes = (...usual: unknown[]) =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...usual), weight: 3 },
    { arbitrary: hostileString, weight: 1 },
  )
const FIELDS: Record<string, string[]> = {
  insights: ['name', 'key', 'description', 'tags', 'version', 'query'],
  dashboards: ['name', 'key', 'description', 'tags', 'version', 'tiles'],
  annotations: ['time', 'text', 'scope', 'version', 'key'],
  cohorts: ['name', 'key', 'description', 'tags', 'version', 'rule'],
}
/** Of its own kind, as a rule: else every request would end at the id. */
const target = fc.oneof(
  {
    arbitrary: fc.nat(7).map((n) => ({
      kind: Object.keys(FIELDS)[n % 4] ?? '',
      id: () => [...mine, ...theirs][n] ?? '',
    })),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom(...Object.keys(FIELDS)),
      id: hostileString.map((text) => () => text),
    }),
    weight: 1,
  },
)
const anyId = fc.oneof(
  { arbitrary: fc.nat().map((n) => [...mine, ...theirs][n % 8] as string), weight: 4 },
  { arbitrary: hostileString, weight: 1 },
)
const body = fc.record(
  {
    name: sometimes('a'),
    key: sometimes('a', 'b'),
    description: sometimes(''),
    tags: fc.array(sometimes('a'), { maxLength: 2 }),
    version: sometimes(1, 2),
    query: fc.record({
      kind: sometimes('stickiness'),
      project: fc.constant('default'),
      series: fc.array(fc.record({ event: hostileString }), { minLength: 1, maxLength: 2 }),
      filters: fc.array(fc.record({ property: sometimes('a'), value: hostileString }), {
        maxLength: 1,
      }),
    }),
    tiles: fc.array(
      fc.record({
        insight: anyId,
        x: fc.constant(0),
        y: fc.constant(0),
        w: fc.constant(1),
        h: fc.constant(1),
      }),
      { maxLength: 2 },
    ),
    rule: hostileString.map(ruleOf),
    time: sometimes('2026-01-01T00:00:00Z'),
    text: hostileString,
    scope: fc.oneof(anyId, fc.record({ insight: anyId }), fc.record({ dashboard: anyId })),
  },
  { requiredKeys: [] },
)
const request = fc.record({
  target,
  method: fc.constantFrom('GET', 'LIST', 'POST', 'PUT', 'DELETE', 'history', 'restore', 'import'),
  body,
  params: fc.record(
    { search: hostileString, tag: hostileString, after: hostileString, scope: anyId },
    { requiredKeys: [] },
  ),
  whole: fc.boolean(),
})

it(`saves, finds and changes whatever it is sent, ${RUNS} times, and nothing of another project`, async () => {
  const statuses = new Map<string, number>()
  const property = fc.asyncProperty(request, async ({ target, method, body, params, whole }) => {
    const { kind } = target
    const id = target.id()
    const one = `/api/${kind}/${encodeURIComponent(id.toWellFormed())}`
    const search = new URLSearchParams({ project: 'default' })
    if (method === 'LIST') {
      for (const [name, value] of Object.entries(params)) search.set(name, String(value))
    }
    // All fields of all kinds now and then; else those of its own.
    const sent = whole
      ? body
      : Object.fromEntries(Object.entries(body).filter(([name]) => FIELDS[kind]?.includes(name)))
    const { key = 'k', version: _, ...rest } = sent as Record<string, unknown>
    const [verb, path, json] = {
      GET: ['GET', one],
      LIST: ['GET', `/api/${kind}`],
      POST: ['POST', `/api/${kind}`, { ...sent, version: undefined }],
      PUT: ['PUT', one, { version: 1, ...sent }],
      DELETE: ['DELETE', one],
      history: ['GET', `${one}/history`],
      restore: ['POST', `${one}/restore`, { version: 1 }],
      import: ['PUT', '/api/dashboards/import', { version: 1, [kind]: [{ key, ...rest }] }],
    }[method] as [string, string, unknown]
    const { status, body: answer } = await api.call(verb, `${path}?${search}`, json)
    const text = JSON.stringify(answer)
    expect([200, 201, 400, 404, 409], `${method} ${path} ${text}`).toContain(status)
    expect(text).not.toContain(SECRET)
    expect(text).not.toMatch(LEAK)
    const place = `${method} ${status < 300}`
    statuses.set(place, (statuses.get(place) ?? 0) + 1)
  })
  await fc.assert(property, { numRuns: RUNS })
  // A test in which everything is refused would show nothing.
  for (const method of ['GET', 'LIST', 'POST', 'history', 'restore']) {
    expect(statuses.get(`${method} true`), method).toBeGreaterThan(2)
  }
  for (const [i, kind] of Object.keys(FIELDS).entries()) {
    const { body } = await api.get(`/api/${kind}/${theirs[i]}?project=${OTHER_PROJECT}`)
    expect([body.version, JSON.stringify(body).includes(SECRET)]).toEqual([1, true])
  }
}, 240_000)

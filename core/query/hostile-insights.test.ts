import { INSIGHT_EXAMPLES } from '@headwater/schemas/insights/examples'
import { type InsightKind, InsightQuery } from '@headwater/schemas/insights/insight'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hostileString, LEAK, OTHER_PROJECT, SECRET } from './hostile-strings.ts'
import { readFixtures } from './insight.contract.ts'
import { openTestApi, type TestApi } from './test-api.ts'

// Every question that is documented or published, with some of its texts made hostile, wherever in
// the question they stand: a field that is added is attacked without another word.
const STRINGS = 10_000
const MAX_PER_QUESTION = 9
const PROJECT = 'default'

type Question = { kind: InsightKind } & Record<string, unknown>
const seeds: Question[] = [
  ...Object.values(INSIGHT_EXAMPLES),
  ...readFixtures().flatMap(({ cases }) => cases.map(({ question }) => question as Question)),
].map((question) => ({ ...question, project: PROJECT }))

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  const facts = { event: '$pageview', distinct_id: 'ann' }
  const own = { ...facts, browser: 'Chrome', properties: { plan: 'pro', 'a.b': 1, a: { b: 2 } } }
  const others = {
    ...facts,
    project_id: OTHER_PROJECT,
    browser: SECRET,
    session_id: SECRET,
    properties: { plan: SECRET, $groups: { company: SECRET } },
  }
  const rows = [own, { ...own, event: 'signup' }, others, { ...others, event: SECRET }]
  await api.insert(instants().flatMap((timestamp) => rows.map((row) => ({ ...row, timestamp }))))
})
afterAll(() => api.remove())

/** In the range of every question there is something to find. */
function instants(): number[] {
  const dates = seeds.map(({ date_from }) => Date.parse(`${date_from}`.slice(0, 10)))
  const noons = dates.filter((date) => !Number.isNaN(date)).map((date) => date + 43_200_000)
  return [api.now, ...new Set(noons)]
}

type Path = readonly (string | number)[]

/** Where a question has texts, but for its kind and its project: asking for another's is no trick. */
function textsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return path[0] === 'kind' || path[0] === 'project' ? [] : [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => textsOf(part, [...path, key]))
}

function replaced(question: Question, changes: readonly (readonly [Path, string])[]): Question {
  const copy = structuredClone(question)
  for (const [path, text] of changes) {
    let holder: Record<string | number, unknown> = copy
    for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>
    holder[path.at(-1) ?? ''] = text
  }
  return copy
}

// Where only few words may stand nearly every attack is refused at the door: not many need to try.
const attack = fc.constantFrom(...seeds).chain((seed) => {
  const takesAny = (path: Path) => InsightQuery.safeParse(replaced(seed, [[path, 'a']])).success
  const texts = textsOf(seed)
  const [free, closed] = [texts.filter(takesAny), texts.filter((path) => !takesAny(path))]
  const place = fc.oneof(
    { arbitrary: fc.constantFrom(...(free.length > 0 ? free : closed)), weight: 15 },
    { arbitrary: fc.constantFrom(...(closed.length > 0 ? closed : free)), weight: 1 },
  )
  const change = fc.tuple(place, hostileString)
  return fc
    .array(change, { minLength: 2, maxLength: MAX_PER_QUESTION })
    .map((changes) => ({ question: replaced(seed, changes), strings: changes.length }))
})

it(`answers ${STRINGS} hostile strings in every insight without a fault, SQL or another project’s rows`, async () => {
  const statuses = new Map<number, number>()
  const answered = new Set<string>()
  let strings = 0
  const property = fc.asyncProperty(attack, async ({ question, strings: some }) => {
    strings += some
    const { status, body } = await api.post('/api/query', question)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (status === 200) answered.add(question.kind)
    const text = JSON.stringify(body)
    expect([200, 400], text).toContain(status)
    expect(text).not.toContain(SECRET)
    expect(text).not.toMatch(LEAK)
  })
  await fc.assert(property, { numRuns: STRINGS / 5 })
  expect(strings).toBeGreaterThanOrEqual(STRINGS)
  // A test in which every question is refused would show nothing.
  expect(statuses.get(200)).toBeGreaterThan(STRINGS / 25)
  expect([...answered].sort()).toEqual(Object.keys(INSIGHT_EXAMPLES).sort())
}, 600_000)

import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type IdentityService, startIdentity } from '../../identity/start.ts'
import { isUsableId } from '../../identity/usable-id.ts'
import { silentLogger } from '../../shared/logger.ts'
import { hostileString as hostile, LEAK, OTHER_PROJECT, SECRET } from '../hostile-strings.ts'
import { openTestApi, type TestApi } from '../test-api.ts'

// Strings that would break out of SQL, in everything that is asked of persons and told of them. What
// another project holds is marked, and must never be seen.

let api: TestApi
let identity: IdentityService
beforeAll(async () => {
  api = await openTestApi()
  identity = startIdentity({ store: api.store, clock: Date.now, logger: silentLogger })
  const facts = { timestamp: api.now, event: '$pageview' }
  await api.insert([
    { ...facts, distinct_id: 'ann', person_set: { plan: 'pro' } },
    { ...facts, project_id: OTHER_PROJECT, distinct_id: SECRET, person_set: { plan: SECRET } },
  ])
  await identity.catchUp()
})
afterAll(async () => {
  await identity.close()
  await api.remove()
})

const sometimes = (usual: string) => fc.oneof(fc.constant(usual), hostile)
const owner = fc.constantFrom<object>(
  { type: 'person' },
  { type: 'group', group: 'company' },
  { type: 'event' },
)
const filter = fc
  .record({
    owner,
    property: sometimes('plan'),
    operator: fc.constantFrom('is', 'is_not', 'contains', 'not_contains', 'is_set', 'is_not_set'),
    value: fc.oneof(hostile, fc.array(hostile, { minLength: 1, maxLength: 3 }), fc.double()),
  })
  .map(({ owner, ...rest }) => ({ ...owner, ...rest }))

const statuses = new Map<number, number>()
function judge({ status, body }: { status: number; body: unknown }): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const text = JSON.stringify(body)
  expect([200, 400, 404], text).toContain(status)
  expect(text).not.toContain(SECRET)
  expect(text).not.toMatch(LEAK)
}

it('answers hostile questions without a fault, SQL or another project’s persons', async () => {
  const question = fc.record(
    {
      search: hostile,
      distinct_id: sometimes('ann'),
      filters: fc.array(filter, { maxLength: 2 }).map((list) => JSON.stringify(list)),
      after: hostile,
    },
    { requiredKeys: [] },
  )
  const listed = fc.asyncProperty(question, fc.boolean(), async (params, paged) => {
    const { after, ...rest } = params
    const page = paged && after !== undefined ? { after } : {}
    judge(await api.get('/api/persons', { project: 'default', ...rest, ...page }))
  })
  await fc.assert(listed, { numRuns: 250 })
  const asked = fc.asyncProperty(filter, async (one) => {
    const series = [{ event: '$pageview' }]
    judge(
      await api.post('/api/query', {
        ...{ kind: 'stickiness', project: 'default', series, filters: [one] },
      }),
    )
  })
  await fc.assert(asked, { numRuns: 150 })
  const turned = fc.asyncProperty(hostile, hostile, async (a, b) => {
    judge(await api.post('/api/persons/merge', { project: 'default', into: a, persons: [b] }))
    // An address holds no half of a character.
    const id = encodeURIComponent(a.toWellFormed())
    judge(await api.post(`/api/persons/links/${id}/undo`, { project: 'default' }))
    judge(await api.get(`/api/persons/${id}/links`, { project: 'default' }))
  })
  await fc.assert(turned, { numRuns: 60 })
  expect(statuses.get(200)).toBeGreaterThan(150)
}, 240_000)

it('keeps hostile ids and properties as they are, and joins by them', async () => {
  const project = 'hostile-ids'
  // As capture leaves them: mended, and with something in them.
  const usable = hostile.filter(
    (text) => isUsableId(text) && text.isWellFormed() && /^[^\0]{3,60}$/.test(text),
  )
  const ids = [...new Set(fc.sample(usable, 150))]
  await api.insert(
    ids.flatMap((id, i) => [
      { project_id: project, distinct_id: id, timestamp: api.now, uuid: randomUUID() },
      {
        project_id: project,
        event: '$identify',
        distinct_id: `known ${i}`,
        timestamp: api.now + i,
        properties: { $anon_distinct_id: id },
        person_set: { text: id },
      },
    ]),
  )
  await identity.catchUp()
  for (const [i, id] of ids.slice(0, 60).entries()) {
    const { body } = await api.get<{ persons: { distinct_ids: string[]; properties: object }[] }>(
      '/api/persons',
      { project, distinct_id: id },
    )
    expect(body.persons, id).toMatchObject([
      { distinct_ids: [id, `known ${i}`].sort(), properties: { text: id } },
    ])
  }
}, 120_000)

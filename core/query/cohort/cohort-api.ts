import type { CohortRule } from '@headwater/schemas/insights/cohort'
import { PersonList } from '@headwater/schemas/insights/persons'
import { ProjectParam } from '@headwater/schemas/insights/saved'
import {
  type CohortBody,
  CohortPersonsParams,
  CohortSize,
  CohortSizes,
  CohortSizesParams,
} from '@headwater/schemas/insights/saved-cohort'
import { idOf } from '@headwater/schemas/insights/saved-id'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Query } from '../../store/store.ts'
import { PERSON } from '../actor.ts'
import { listPersons } from '../persons/persons.ts'
import { answerInRounds, type RoundsDeps } from '../rounds.ts'
import { answers, refusal } from '../routes.ts'
import { findLive, openSaved, type SavedDeps } from '../saved/saved-api.ts'
import { projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'
import { ruleCondition } from './members.ts'
import { settleRule } from './settle.ts'

export type CohortDeps = SavedDeps & RoundsDeps

const tags = ['Saved: cohorts']
const params = z.object({ id: idOf('cohort') })
const problems = { 404: refusal('There is no such project, or no such cohort in it') }

const personsRoute = createRoute({
  method: 'get',
  tags,
  path: '/api/cohorts/{id}/persons',
  summary: 'List the persons of one cohort, the last seen first',
  request: { params, query: CohortPersonsParams },
  responses: {
    ...answers('A page of persons with what is known of them', PersonList),
    ...problems,
  },
})

const sizeRoute = createRoute({
  method: 'get',
  tags,
  path: '/api/cohorts/{id}/size',
  summary: 'How many persons one cohort has',
  request: { params, query: ProjectParam },
  responses: { ...answers('The number', CohortSize), ...problems },
})

const sizesRoute = createRoute({
  method: 'get',
  tags,
  path: '/api/cohorts/sizes',
  summary: 'How many persons several cohorts have, in one question',
  request: { query: CohortSizesParams },
  responses: { ...answers('The numbers', CohortSizes), ...problems },
})

/** Who belongs to a saved cohort, and how many they are, by its rule as it is now. */
export function addCohorts(app: OpenAPIHono, deps: CohortDeps): void {
  async function ruleOf(project: string, id: string): Promise<CohortRule> {
    const { saved } = await openSaved(project, deps)
    const { body } = await findLive(saved, project, 'cohort', id)
    return settleRule((body as CohortBody).rule, deps.clock())
  }

  app.openapi(personsRoute, async (c) => {
    const page = c.req.valid('query')
    const { project } = page
    const cohort = await ruleOf(project, c.req.valid('param').id)
    const asked = { name: 'cohort_persons', project, signal: c.req.raw.signal }
    const list = await answerInRounds(
      asked,
      async (ask) => {
        const result = await listPersons({ ...page, filters: [{ cohort, operator: 'in' }] }, ask)
        return { result, rows: result.persons.length }
      },
      deps,
    )
    return c.json(list, 200)
  })

  app.openapi(sizeRoute, async (c) => {
    const { project } = c.req.valid('query')
    const cohort = await ruleOf(project, c.req.valid('param').id)
    const asked = { name: 'cohort_size', project, signal: c.req.raw.signal }
    const size = await answerInRounds(
      asked,
      async (ask) => {
        const [row] = await ask<SizesRow>(compileSizes(project, [cohort]))
        return { result: { persons: Number(row?.persons[0] ?? 0) }, rows: 1 }
      },
      deps,
    )
    return c.json(size, 200)
  })

  app.openapi(sizesRoute, async (c) => {
    const { project, ids } = c.req.valid('query')
    const { saved } = await openSaved(project, deps)
    const items = await Promise.all(ids.map((id) => saved.find(project, 'cohort', id)))
    const live = items.flatMap((item) => (item && item.deleted_at === null ? [item] : []))
    const rules = live.map(({ body }) => settleRule((body as CohortBody).rule, deps.clock()))
    const asked = { name: 'cohort_sizes', project, signal: c.req.raw.signal }
    const sizes = await answerInRounds(
      asked,
      async (ask) => {
        const [row] = rules.length > 0 ? await ask<SizesRow>(compileSizes(project, rules)) : []
        const sizes = live.map(({ id }, i) => ({ id, persons: Number(row?.persons[i] ?? 0) }))
        return { result: { sizes }, rows: sizes.length }
      },
      deps,
    )
    return c.json(sizes, 200)
  })
}

interface SizesRow {
  persons: string[]
}

/** One reading of the events for all of them. */
function compileSizes(project: string, cohorts: readonly CohortRule[]): Query {
  const statement = new Statement(project)
  const counts = cohorts.map(
    (cohort, i) => `uniqExactIf(${PERSON}, ${ruleCondition(cohort, statement, `rules.${i}`)})`,
  )
  return statement.query(`SELECT [${counts.join(', ')}] AS persons
  FROM events
  WHERE ${projectCondition(statement)}`)
}

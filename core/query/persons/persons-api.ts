import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ActKind } from '../../identity/journal.ts'
import type { Clock } from '../../shared/clock.ts'
import type { EventStore, Query, QueryStore } from '../../store/store.ts'
import type { ResolveCohorts } from '../cohort/resolve.ts'
import { settleCohorts } from '../cohort/settle.ts'
import { QueryRefusal } from '../errors.ts'
import { answerInRounds, type RoundsDeps } from '../rounds.ts'
import { type LinkDeps, listLinks, mergePersons, turnLink } from './links.ts'
import { listPersons, showPerson } from './persons.ts'
import {
  linksRoute,
  mergeRoute,
  personRoute,
  personsRoute,
  redoRoute,
  timelineRoute,
  undoRoute,
} from './persons-routes.ts'
import type { Ask } from './properties.ts'
import { compileTimeline, shapeTimeline, type TimelineRow } from './timeline.ts'

export interface PersonsDeps extends RoundsDeps {
  store: QueryStore
  /** Where merges and what undoes them are written. @default they are refused */
  journal?: Pick<EventStore, 'insert'>
  clock: Clock
  timeoutMs: number
  resolve: ResolveCohorts
}

/** Lists and shows persons of one project, and joins and separates them. */
export function addPersons(app: OpenAPIHono, deps: PersonsDeps): void {
  const { store, timeoutMs } = deps

  const answer = <Result>(
    name: string,
    project: string,
    { signal }: Request,
    make: (ask: Ask) => Promise<{ result: Result; rows: number }>,
  ) => answerInRounds({ name, project, signal }, make, deps)

  app.openapi(personsRoute, async (c) => {
    const params = c.req.valid('query')
    const list = await answer('persons', params.project, c.req.raw, async (ask) => {
      const resolved = await deps.resolve(params)
      const result = await listPersons(settleCohorts(resolved, deps.clock()), ask)
      return { result, rows: result.persons.length }
    })
    return c.json(list, 200)
  })

  app.openapi(personRoute, async (c) => {
    const { project } = c.req.valid('query')
    const { id } = c.req.valid('param')
    const shown = await answer('person', project, c.req.raw, async (ask) => {
      return { result: { person: await showPerson(project, id, ask) }, rows: 1 }
    })
    return c.json(shown, 200)
  })

  app.openapi(timelineRoute, async (c) => {
    const { project, ...page } = c.req.valid('query')
    const { id } = c.req.valid('param')
    const timeline = await answer('timeline', project, c.req.raw, async (ask) => {
      const rows = await ask<TimelineRow>(compileTimeline(project, id, page))
      const result = shapeTimeline(rows, page.limit)
      return { result, rows: result.events.length }
    })
    return c.json(timeline, 200)
  })

  // The journal is read as it is: nothing of it is kept.
  async function linkDeps(project: string, { signal }: Request): Promise<LinkDeps> {
    await deps.requireProject(project)
    const ask = <Row>(query: Query) => store.query<Row>(query, { timeoutMs, signal })
    const insert: LinkDeps['store']['insert'] = (...args) => {
      if (deps.journal) return deps.journal.insert(...args)
      throw new QueryRefusal('not_configured', 'this service cannot write to the journal')
    }
    return { project, ask, clock: deps.clock, store: { query: ask, insert } }
  }

  app.openapi(linksRoute, async (c) => {
    const { project } = c.req.valid('query')
    const links = await listLinks(await linkDeps(project, c.req.raw), c.req.valid('param').id)
    return c.json(links, 200)
  })

  app.openapi(mergeRoute, async (c) => {
    const { project, ...order } = c.req.valid('json')
    return c.json(await mergePersons(order, await linkDeps(project, c.req.raw)), 200)
  })

  async function turn(act: ActKind, uuid: string, project: string, request: Request) {
    return turnLink(act, uuid.toLowerCase(), await linkDeps(project, request))
  }
  app.openapi(undoRoute, async (c) => {
    const { project } = c.req.valid('json')
    return c.json(await turn('undo', c.req.valid('param').uuid, project, c.req.raw), 200)
  })
  app.openapi(redoRoute, async (c) => {
    const { project } = c.req.valid('json')
    return c.json(await turn('redo', c.req.valid('param').uuid, project, c.req.raw), 200)
  })
}

import { EventResult, EventsQuery, EventsResult } from '@headwater/schemas/insights/events'
import { ProjectId } from '@headwater/schemas/insights/question'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Clock } from '../../shared/clock.ts'
import type { Query } from '../../store/store.ts'
import { settleCohorts } from '../cohort/settle.ts'
import { QueryRefusal } from '../errors.ts'
import { answers } from '../routes.ts'
import { type QueryRunner, questionOf, type RunFacts } from '../run.ts'
import { type Settle, settledFacts } from '../settle.ts'
import { compileEvent, shapeWholeEvent, type WholeEventRow } from './event.ts'
import { compileEvents, planEvents, shapeEvents } from './events.ts'

export interface EventsDeps {
  runner: QueryRunner
  clock: Clock
  requireProject(id: string): Promise<void>
  settle: Settle
  /** Told of every answer. */
  tell(insight: string, project: string, rows: number, facts: RunFacts): void
}

const eventsRoute = createRoute({
  method: 'post',
  path: '/api/events',
  summary: 'List single events, the newest first',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: EventsQuery,
          example: { project: 'default', search: 'pricing', properties: ['$pathname', '$browser'] },
        },
      },
    },
  },
  responses: answers('A page of events', EventsResult),
})

const eventRoute = createRoute({
  method: 'get',
  path: '/api/events/{uuid}',
  summary: 'Show one event with everything that is known of it',
  request: {
    params: z.strictObject({ uuid: z.guid() }),
    query: z.strictObject({
      project: ProjectId,
      timestamp: z.iso
        .datetime()
        .optional()
        .openapi({ description: 'Its time, to find it sooner' }),
    }),
  },
  responses: answers('The event', EventResult),
})

/** POST /api/events and GET /api/events/{uuid}. */
export function addEvents(app: OpenAPIHono, { runner, ...deps }: EventsDeps): void {
  const ask = async <Row>(project: string, query: Query, signal: AbortSignal) => {
    const freshness = await runner.freshness()
    const question = questionOf('events', project, query, signal)
    const { rows, facts } = await runner.ask<Row>(question, freshness)
    deps.tell('events', project, rows.length, facts)
    return { rows, facts }
  }

  app.openapi(eventsRoute, async (c) => {
    const now = deps.clock()
    const asked = c.req.valid('json')
    await deps.requireProject(asked.project)
    const query = settleCohorts(await deps.settle(asked), now)
    const plan = planEvents(query, now)
    const { rows, facts } = await ask<Parameters<typeof shapeEvents>[1][number]>(
      query.project,
      compileEvents(plan),
      c.req.raw.signal,
    )
    return c.json({ ...shapeEvents(plan, rows), ...facts, ...settledFacts(query) }, 200)
  })

  app.openapi(eventRoute, async (c) => {
    const { uuid } = c.req.valid('param')
    const { project, timestamp } = c.req.valid('query')
    await deps.requireProject(project)
    const at = timestamp === undefined ? undefined : Date.parse(timestamp)
    const statement = compileEvent(project, uuid, at)
    const { rows, facts } = await ask<WholeEventRow>(project, statement, c.req.raw.signal)
    const [row] = rows
    if (!row) throw new QueryRefusal('not_found', `there is no event ${uuid}`, { field: 'uuid' })
    return c.json({ ...shapeWholeEvent(row), ...facts }, 200)
  })
}

import {
  Described,
  DescribeEvent,
  DescribeProperty,
  EventDefinitions,
  EventDefinitionsQuery,
  PropertyDefinitions,
  PropertyDefinitionsQuery,
} from '@headwater/schemas/insights/definitions'
import {
  SESSION_PROPERTIES,
  SESSION_PROPERTY_NAMES,
} from '@headwater/schemas/insights/session-properties'
import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Clock } from '../../shared/clock.ts'
import { type EventStore, type Query, type QueryStore, StoreError } from '../../store/store.ts'
import { answers } from '../routes.ts'
import { type QueryRunner, questionOf, type RunFacts } from '../run.ts'
import {
  compileEventDefinitions,
  EVENT_DAYS,
  type EventDefinitionRow,
  shapeEventDefinition,
} from './events.ts'
import {
  compilePaths,
  compileSamples,
  type PathRow,
  PROPERTY_DAYS,
  propertyNames,
  type SampleRow,
  sampledNames,
  shapeProperties,
} from './properties.ts'
import { compileSaid, type DefinitionKind, say, withSaid } from './said.ts'

export interface DefinitionsDeps {
  store: QueryStore
  /** Where what people say is written. @default it is refused */
  writer?: Pick<EventStore, 'insert'> | undefined
  runner: QueryRunner
  clock: Clock
  timeoutMs: number
  requireProject(id: string): Promise<void>
  /** Told of every answer. */
  tell(insight: string, project: string, rows: number, facts: RunFacts): void
}

const body = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})
const SESSIONS = SESSION_PROPERTY_NAMES.map((name) => ({ name, ...SESSION_PROPERTIES[name] }))
const PATHS = { event: '/api/definitions/events', property: '/api/definitions/properties' } as const

const eventsRoute = createRoute({
  method: 'get',
  path: PATHS.event,
  summary: 'Tell what events there are',
  request: { query: EventDefinitionsQuery },
  responses: answers('Events of late, the most frequent first', EventDefinitions),
})
const propertiesRoute = createRoute({
  method: 'get',
  path: PATHS.property,
  summary: 'Tell what properties there are, from a sample of each event',
  request: { query: PropertyDefinitionsQuery },
  responses: answers(
    "The server's properties, then the senders', most frequent first",
    PropertyDefinitions,
  ),
})
const describeEventRoute = createRoute({
  method: 'put',
  path: PATHS.event,
  summary: 'Describe or hide an event',
  request: body(DescribeEvent),
  responses: answers('What is said of it now', Described),
})
const describePropertyRoute = createRoute({
  method: 'put',
  path: PATHS.property,
  summary: 'Describe or hide a property',
  request: body(DescribeProperty),
  responses: answers('What is said of it now', Described),
})

/** GET and PUT of /api/definitions/events and /api/definitions/properties. */
export function addDefinitions(app: OpenAPIHono, deps: DefinitionsDeps): void {
  const { runner } = deps

  // What is said changes without an event: it is never taken from a kept answer.
  const saidOf = (project: string, kind: DefinitionKind, signal: AbortSignal) =>
    deps.store.query<Described>(compileSaid(project, kind), { timeoutMs: deps.timeoutMs, signal })

  const asker = async (project: string, signal: AbortSignal) => {
    const freshness = await runner.freshness()
    return <Row>(query: Query) =>
      runner.ask<Row>(questionOf('definitions', project, query, signal), freshness)
  }

  app.openapi(eventsRoute, async (c) => {
    const { project, include_hidden } = c.req.valid('query')
    const { signal } = c.req.raw
    await deps.requireProject(project)
    const said = await saidOf(project, 'event', signal)
    const ask = await asker(project, signal)
    const { rows, facts } = await ask<EventDefinitionRow>(
      compileEventDefinitions(project, deps.clock()),
    )
    deps.tell('definitions', project, rows.length, facts)
    const events = withSaid(rows.map(shapeEventDefinition), said, include_hidden)
    return c.json({ events, days: EVENT_DAYS, ...facts }, 200)
  })

  app.openapi(propertiesRoute, async (c) => {
    const { project, event, include_hidden } = c.req.valid('query')
    const { signal } = c.req.raw
    await deps.requireProject(project)
    const now = deps.clock()
    const said = await saidOf(project, 'property', signal)
    const ask = await asker(project, signal)
    const events = await ask<EventDefinitionRow>(compileEventDefinitions(project, now))
    const names = event ? [event] : sampledNames(events.rows.map((row) => row.event))
    // Of no event there is nothing to look at.
    const looked = names.length > 0
    const paths = looked ? (await ask<PathRow>(compilePaths(project, names, now))).rows : []
    const samples = looked
      ? (await ask<SampleRow>(compileSamples(project, names, propertyNames(paths), now))).rows
      : []
    deps.tell('definitions', project, paths.length, events.facts)
    const { properties, sampled_events } = shapeProperties(paths, samples[0])
    const described = withSaid(properties, said, include_hidden)
    const result = {
      properties: described,
      session_properties: SESSIONS,
      sampled_events,
      days: PROPERTY_DAYS,
      ...events.facts,
    }
    return c.json(result, 200)
  })

  const describe = async (
    kind: DefinitionKind,
    { project, name, description, hidden }: DescribeEvent | DescribeProperty,
  ): Promise<Described> => {
    await deps.requireProject(project)
    // As events are captured: half a character cannot be stored.
    const said = {
      name: name.toWellFormed(),
      description: description.toWellFormed(),
      hidden,
    }
    if (!deps.writer) throw new StoreError('unavailable', 'this store cannot be written')
    await say(deps.writer, { project, kind, now: deps.clock() }, said)
    return said
  }

  app.openapi(describeEventRoute, async (c) =>
    c.json(await describe('event', c.req.valid('json')), 200),
  )
  app.openapi(describePropertyRoute, async (c) =>
    c.json(await describe('property', c.req.valid('json')), 200),
  )
}

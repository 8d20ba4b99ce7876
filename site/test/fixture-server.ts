import type { AddressInfo } from 'node:net'
import {
  ApiError,
  EventNames,
  Freshness,
  FunnelQuery,
  FunnelResult,
  PropertyNames,
  TrendQuery,
  TrendResult,
} from '@headwater/schemas/insight'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { z } from 'zod'
import { type CapturedEvent, countFunnel, countTrend } from './fixture-counts.ts'

/** A Query API over events in memory: what the pages need to be seen in every state. */
export interface FixtureServer {
  url: string
  events: CapturedEvent[]
  /** Told as `lag_records`. */
  lag: number
  /** Every request is answered with this while it is set. */
  failure: { status: 400 | 503; message: string; field?: string } | null
  /** The questions asked, newest last. */
  asked: { trends: TrendQuery[]; funnels: FunnelQuery[] }
  close(): Promise<void>
}

/** Starts it on a free port, or again on a given one. Each answer is checked against the contract. */
export async function startFixtureServer(
  events: CapturedEvent[] = [],
  port = 0,
): Promise<FixtureServer> {
  const fixture: FixtureServer = {
    url: '',
    events,
    lag: 0,
    failure: null,
    asked: { trends: [], funnels: [] },
    close: async () => {},
  }
  const server = serve({ fetch: createApp(fixture).fetch, hostname: '127.0.0.1', port })
  await new Promise((resolve) => server.once('listening', resolve))
  fixture.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  fixture.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
  return fixture
}

function createApp(fixture: FixtureServer): Hono {
  const app = new Hono()
  const error = (code: string, message: string, field?: string) =>
    ApiError.parse({ error: { code, message, ...(field && { field }) } })
  const refuse = (issues: z.core.$ZodIssue[]) => {
    const [first] = issues
    return error('invalid_query', first?.message ?? '', first?.path.join('.'))
  }
  const facts = (query: Partial<TrendQuery> = {}) => ({
    complete_until: fixture.events.length > 0 ? new Date().toISOString() : null,
    duration_ms: 1.5,
    from_cache: false,
    time_zone: query.time_zone ?? 'UTC',
    week_start: query.week_start ?? 'monday',
    exclude_internal: query.exclude_internal ?? false,
  })

  app.use(cors())
  app.use(async (c, next) => {
    if (!fixture.failure) return next()
    const { status, message, field } = fixture.failure
    return c.json(error('failed', message, field), status)
  })
  app.get('/_health', (c) => c.json({ status: 'ok' }))
  app.use('/api/*', async (c, next) => {
    const project = c.req.query('project')
    if (c.req.method === 'POST' || project === 'default') return next()
    return c.json(error('unknown_project', `There is no project "${project}".`, 'project'), 404)
  })
  app.get('/api/freshness', (c) =>
    c.json(Freshness.parse({ complete_until: facts().complete_until, lag_records: fixture.lag })),
  )
  app.get('/api/events/names', (c) => c.json(EventNames.parse({ events: eventNames(fixture) })))
  app.get('/api/properties', (c) => {
    const names = [...new Set(fixture.events.flatMap((one) => Object.keys(one.properties)))]
    const properties = names.map((property) => ({ property, source: 'sender' }))
    return c.json(PropertyNames.parse({ properties }))
  })
  app.get('/api/annotations', (c) => c.json({ items: [], next: null }))
  app.get('/api/trends', (c) => {
    const { filters, breakdown_limit, include_bots, ...plain } = c.req.query()
    const query = TrendQuery.safeParse({
      ...plain,
      ...(filters && { filters: JSON.parse(filters) }),
      ...(breakdown_limit && { breakdown_limit: Number(breakdown_limit) }),
      ...(include_bots && { include_bots: include_bots === 'true' }),
    })
    if (!query.success) return c.json(refuse(query.error.issues), 400)
    fixture.asked.trends.push(query.data)
    const counted = countTrend(query.data, fixture.events)
    return c.json(TrendResult.parse({ ...counted, ...facts(query.data) }))
  })
  app.post('/api/funnels', async (c) => {
    const query = FunnelQuery.safeParse(await c.req.json())
    if (!query.success) return c.json(refuse(query.error.issues), 400)
    fixture.asked.funnels.push(query.data)
    const counted = countFunnel(query.data, fixture.events)
    return c.json(FunnelResult.parse({ ...counted, ...facts(query.data) }))
  })
  return app
}

function eventNames({ events }: FixtureServer): EventNames['events'] {
  const groups = Map.groupBy(events, ({ event }) => event)
  const names = [...groups].map(([event, group]) => ({
    event,
    count: group.length,
    last_seen: new Date(Math.max(...group.map(({ timestamp }) => timestamp))).toISOString(),
  }))
  return names.sort((a, b) => b.count - a.count)
}

import { LiveActive, LiveEvents, LiveQuery } from '@headwater/schemas/insights/live'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Query, QueryStore } from '../../store/store.ts'
import { QueryRefusal } from '../errors.ts'
import { answers, refusal } from '../routes.ts'
import { Room, type RoomTimes } from './room.ts'
import { WatcherStream } from './watcher-stream.ts'

const MAX_WATCHERS = 1_000
const MAX_WATCHERS_OF_PROJECT = 100
const POLL_TIMEOUT_MS = 10_000
const DEFAULT_TIMES: LiveTimes = {
  pollMs: 1_000,
  activeMs: 5_000,
  heartbeatMs: 15_000,
  stallMs: 60_000,
}

export interface LiveTimes extends RoomTimes {
  heartbeatMs: number
  stallMs: number
}

export interface LiveDeps {
  store: QueryStore
  requireProject(id: string): Promise<void>
  /** Aborted when the service is to close: streams would never end by themselves. */
  closing?: AbortSignal | undefined
  liveTimes?: Partial<LiveTimes> | undefined
}

const { 200: _, ...errors } = answers('', z.unknown())
const liveRoute = createRoute({
  method: 'get',
  path: '/api/live',
  summary: 'Watch events arrive',
  request: { query: LiveQuery },
  responses: {
    200: {
      description:
        'Server-sent events: `events` (LiveEvents) when some arrived, `active` (LiveActive) every few seconds, `unavailable` while the store cannot be asked. `messages_left_out` in one says how many before it did not fit.',
      content: {
        'text/event-stream': { schema: z.union([LiveEvents, LiveActive]) },
      },
    },
    ...errors,
    429: refusal('Too many watch'),
  },
})

/** GET /api/live. */
export function addLive(app: OpenAPIHono, deps: LiveDeps): void {
  const times = { ...DEFAULT_TIMES, ...deps.liveTimes }
  const rooms = new Map<string, Room>()
  const streams = new Set<WatcherStream>()
  deps.closing?.addEventListener('abort', () => {
    for (const stream of streams) stream.close()
  })

  const ask = <Row>(query: Query) => deps.store.query<Row>(query, { timeoutMs: POLL_TIMEOUT_MS })

  app.openapi(liveRoute, async (c) => {
    const { project } = c.req.valid('query')
    await deps.requireProject(project)
    const room = rooms.get(project) ?? new Room(project, ask, times)
    if (room.size >= MAX_WATCHERS_OF_PROJECT || streams.size >= MAX_WATCHERS) {
      throw new QueryRefusal('too_many_queries', 'too many watch at one time')
    }
    rooms.set(project, room)
    const { signal } = c.req.raw
    const stream = new WatcherStream({
      ...times,
      left() {
        clearInterval(checking)
        streams.delete(stream)
        room.leave(stream)
        signal.removeEventListener('abort', close)
        if (room.size === 0) rooms.delete(project)
      },
    })
    const close = () => stream.close()
    streams.add(stream)
    room.enter(stream)
    // Who watches for days may lose the right to it meanwhile.
    const checking = setInterval(() => {
      deps.requireProject(project).catch((error) => {
        if (error instanceof QueryRefusal) close()
      })
    }, times.heartbeatMs)
    checking.unref()
    signal.addEventListener('abort', close, { once: true })
    if (signal.aborted || deps.closing?.aborted) close()
    return new Response(stream.body, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // A proxy that collects would keep events from being live.
        'x-accel-buffering': 'no',
      },
    }) as never
  })
}

import { DEFAULT_LETTERS } from '@headwater/schemas/dead-letter'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { QueryStore } from '../store/store.ts'
import { type ReplayTarget, replayLetters } from './dead-letter-replay.ts'
import { deadLetterRoute, deadLettersRoute, replayRoute } from './dead-letter-routes.ts'
import type { LetterReader } from './dead-letter-rows.ts'
import { listLetters, showLetter } from './dead-letters.ts'
import { QueryRefusal } from './errors.ts'

export interface DeadLetterApiDeps {
  store: QueryStore
  replays?: ReplayTarget
  requireProject(id: string): Promise<void>
  timeoutMs: number
  clock: Clock
  logger: Logger
}

/** Lists, shows and replays dead letters, of one project at a time. */
export function addDeadLetters(app: OpenAPIHono, deps: DeadLetterApiDeps): void {
  const { store, replays: target, clock, logger, timeoutMs } = deps

  async function readerOf(project: string, { signal }: Request): Promise<LetterReader> {
    await deps.requireProject(project)
    return { store, scope: project, options: { timeoutMs, signal } }
  }

  app.openapi(deadLettersRoute, async (c) => {
    const { project, limit = DEFAULT_LETTERS, before } = c.req.valid('query')
    const reader = await readerOf(project, c.req.raw)
    return c.json(await listLetters(reader, { limit, before }), 200)
  })

  app.openapi(deadLetterRoute, async (c) => {
    const reader = await readerOf(c.req.valid('query').project, c.req.raw)
    return c.json(await showLetter(reader, c.req.valid('param').id), 200)
  })

  app.openapi(replayRoute, async (c) => {
    const { project, ids = 'all', record, force } = c.req.valid('json')
    const reader = await readerOf(project, c.req.raw)
    if (!target) {
      throw new QueryRefusal('log_unavailable', 'this service has no log to append to')
    }
    const result = await replayLetters({ reader, target, clock }, { ids, record, force })
    const { replayed, skipped } = result
    logger.log('info', 'dead_letters_replayed', { project, replayed, skipped })
    return c.json(result, 200)
  })
}

import { randomUUID } from 'node:crypto'
import type { FreshnessSource } from '../consumer/freshness.ts'
import { CacheLevels } from '../query/cache-levels.ts'
import { QueryRunner } from '../query/run.ts'
import type { OpenMetadata } from '../query/saved/metadata.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { QueryStore } from '../store/store.ts'
import { askAsOf } from './ask.ts'
import type { Senders } from './channels.ts'
import type { WatchMetrics } from './metrics.ts'
import { lookAtAll, sendAll, type WatchDeps } from './watch.ts'
import { type WebhookOptions, webhookSender } from './webhook.ts'

export interface WatcherDeps {
  metadata: OpenMetadata
  store: QueryStore
  freshness: FreshnessSource
  timeoutMs: number
  webhooks: WebhookOptions
  clock: Clock
  logger: Logger
  metrics: WatchMetrics
  /** Between the end of one round and the next. @default 10 s */
  pauseMs?: number
}

const PAUSE_MS = 10_000

export interface Watcher {
  /** Resolves when what is under way has ended. */
  close(): Promise<void>
}

/** Looks at alerts and subscriptions, and sends what they have to tell, again and again. */
export function startWatcher(deps: WatcherDeps): Watcher {
  const { clock, logger, metadata, pauseMs = PAUSE_MS } = deps
  const ignored = { cacheAsked() {}, cacheFailed() {} }
  const runner = new QueryRunner({ ...deps, cache: new CacheLevels([], ignored) })
  const senders: Senders = { webhook: webhookSender(deps.webhooks) }
  const rest = {
    ask: askAsOf({ ...deps, runner }),
    newMessageId: () => randomUUID(),
    freshness: deps.freshness,
    holder: randomUUID(),
    metrics: deps.metrics,
    senders,
    logger,
  }
  const loops = [
    // Apart, so that a slow store holds up no message.
    repeat((all, now) => lookAtAll(now, all)),
    repeat((all, now) => sendAll(now, all)),
  ]

  function repeat(work: (all: WatchDeps, now: number) => Promise<void>): Watcher {
    let closed = false
    let timer: NodeJS.Timeout | undefined
    async function round(): Promise<void> {
      try {
        await work({ ...(await metadata()), ...rest }, clock())
      } catch (error) {
        logger.log('warn', 'watching_failed', { error })
      }
      if (closed) return
      timer = setTimeout(() => {
        running = round()
      }, pauseMs)
    }
    let running = round()
    return {
      async close() {
        closed = true
        clearTimeout(timer)
        await running
      },
    }
  }

  return {
    async close() {
      await Promise.all(loops.map((loop) => loop.close()))
    },
  }
}

import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FreshnessSource } from '../consumer/freshness.ts'
import { CacheLevels } from '../query/cache-levels.ts'
import { QueryRunner } from '../query/run.ts'
import type { OpenMetadata } from '../query/saved/metadata.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { QueryStore } from '../store/store.ts'
import { askAsOf } from './ask.ts'
import type { ChannelType } from './channels.ts'
import type { WatchMetrics } from './metrics.ts'
import { type SendOptions, sendersOf } from './senders.ts'
import { lookAtAll, sendDue, type WatchDeps } from './watch.ts'

export interface WatcherDeps extends SendOptions {
  metadata: OpenMetadata
  store: QueryStore
  freshness: FreshnessSource
  timeoutMs: number
  clock: Clock
  logger: Logger
  metrics: WatchMetrics
  /** Between the end of one round and the next. @default 10 s */
  pauseMs?: number
}

const PAUSE_MS = 10_000

/** For what is being sent: what was not noted by then is sent again, under the same id. */
const CLOSE_MS = 4_000

export interface Watcher {
  /** Resolves when what is under way has ended, or has had its time. */
  close(): Promise<void>
}

/** Looks at alerts and subscriptions, and sends what they have to tell, again and again. */
export function startWatcher(deps: WatcherDeps): Watcher {
  const { clock, logger, metadata, pauseMs = PAUSE_MS } = deps
  const ignored = { cacheAsked() {}, cacheFailed() {} }
  const runner = new QueryRunner({ ...deps, cache: new CacheLevels([], ignored) })
  const senders = sendersOf(deps)
  const stopping = new AbortController()
  const stop = stopping.signal
  // One listener for each statement that is being asked: they are no leak.
  setMaxListeners(0, stop)
  const rest = {
    stop,
    ask: askAsOf({ ...deps, runner, signal: stop }),
    newMessageId: () => randomUUID(),
    freshness: deps.freshness,
    holder: randomUUID(),
    metrics: deps.metrics,
    senders,
    logger,
  }
  const loops = [
    // Apart, so that a slow store holds up no message, and a slow mail server no other.
    repeat((all, now) => lookAtAll(now, all)),
    ...(Object.keys(senders) as ChannelType[]).map((type) =>
      repeat((all, now) => sendDue(type, now, all)),
    ),
  ]

  /** Resolves when it was stopped and has ended. */
  async function repeat(work: (all: WatchDeps, now: number) => Promise<void>): Promise<void> {
    while (!stop.aborted) {
      try {
        await work({ ...(await metadata()), ...rest }, clock())
      } catch (error) {
        if (!stop.aborted) logger.log('warn', 'watching_failed', { error })
      }
      await sleep(pauseMs, undefined, { signal: stop }).catch(() => {})
    }
  }

  return {
    async close() {
      stopping.abort()
      await Promise.race([Promise.all(loops), sleep(CLOSE_MS, undefined, { ref: false })])
    },
  }
}

import type { FreshnessSource } from '../consumer/freshness.ts'
import { QueryRefusal } from '../query/errors.ts'
import type { Metadata } from '../query/saved/metadata.ts'
import type { Logger } from '../shared/logger.ts'
import { StoreError } from '../store/store.ts'
import type { StoredDelivery } from './alert-store.ts'
import { type ChannelType, type Senders, typeOf } from './channels.ts'
import { type LookDeps, lookAt } from './look.ts'
import type { WatchMetrics } from './metrics.ts'

export interface WatchDeps extends Omit<LookDeps, 'saved'>, Metadata {
  freshness: FreshnessSource
  senders: Senders
  logger: Logger
  metrics: WatchMetrics
  /** Tells this process from all others. */
  holder: string
  /** Aborted when the process is to end: nothing more is begun. @default never */
  stop?: AbortSignal
}

/** One process looks, while it says so at least this often; after it died, nobody does for so long. */
const LEASE_MS = 30_000
/** Somebody else sends what was claimed and not settled, after this. */
const CLAIM_MS = 60_000
/** So many messages of one type at once; each takes 20 s at most. */
const MESSAGES = 20
const FIRST_RETRY_MS = 30_000
const MAX_RETRY_MS = 3_600_000
/** About a day of them. */
const MAX_ATTEMPTS = 26
const KEEP_DELIVERIES_MS = 30 * 86_400_000

/**
 * Looks at everything that is due. Only one process does at a time; were there two, the second to finish
 * would change nothing.
 */
export async function lookAtAll(now: number, deps: WatchDeps): Promise<void> {
  const { alerts, freshness, holder, logger, metrics } = deps
  if (!(await alerts.takeLease('look', holder, now, now + LEASE_MS))) return
  await alerts.forgetBefore(now - KEEP_DELIVERIES_MS)
  // Read before anything is asked: every answer covers it.
  const reading = await freshness.read()
  for (const watched of await alerts.watched()) {
    const { item } = watched
    if (deps.stop?.aborted) return
    try {
      const seen = await lookAt(watched, now, reading, deps)
      if (!seen) continue
      const kept = await alerts.advance(watched, seen.look, seen.messages, now)
      metrics.looked(kept ? 'kept' : 'overtaken')
      const { kind, project, id } = item
      const facts = { kind, project, id, told: kept ? seen.messages.length : 0 }
      logger.log('info', 'watched', facts)
    } catch (error) {
      // Somebody else will look.
      if (deps.stop?.aborted) return
      await noteProblem(error, watched, deps)
    }
  }
}

// Tried again with the next look.
async function noteProblem(
  error: unknown,
  { item, watch }: Parameters<typeof lookAt>[0],
  { alerts, logger, metrics }: WatchDeps,
): Promise<void> {
  metrics.looked('failed')
  const problem = problemOf(error)
  logger.log('warn', 'look_failed', { project: item.project, id: item.id, error })
  if (problem !== watch.problem) await alerts.noteProblem(item, problem)
}

// What is not the question's fault is not shown to its owner in detail.
function problemOf(error: unknown): string {
  if (error instanceof QueryRefusal) return error.message
  if (!(error instanceof StoreError)) return 'this is our fault; it was logged'
  return error.kind === 'too_heavy'
    ? 'the question needs more time or memory than it may have'
    : 'the store is away or busy'
}

/** Sends what is due, on channels of every type. */
export async function sendAll(now: number, deps: WatchDeps): Promise<void> {
  const types = Object.keys(deps.senders) as ChannelType[]
  await Promise.all(types.map((type) => sendDue(type, now, deps)))
}

/**
 * Sends what is due on channels of one type, each message once unless its sending failed or was cut off.
 * One type does not wait for another: a mail server that hangs holds up no webhook.
 */
export async function sendDue(type: ChannelType, now: number, deps: WatchDeps): Promise<void> {
  const claimed = await deps.alerts.claim(type, now, now + CLAIM_MS, MESSAGES)
  await Promise.all(claimed.map((delivery) => sendOne(delivery, now, deps)))
}

export type SendDeps = Pick<WatchDeps, 'alerts' | 'senders' | 'logger' | 'metrics'>

/** Sends one that is claimed, and keeps what became of it. */
export async function sendOne(
  delivery: StoredDelivery,
  now: number,
  { alerts, senders, logger, metrics }: SendDeps,
): Promise<void> {
  const { id, project, url, body, reason, attempts } = delivery
  const channel = typeOf(url)
  const sent = await senders[channel].send({ id, project, url, body }, now)
  const retries = !sent.ok && !sent.final && reason !== 'test' && attempts < MAX_ATTEMPTS
  const state = sent.ok ? 'sent' : retries ? 'pending' : 'failed'
  metrics.delivered(channel, state)
  await alerts.settle(
    id,
    {
      state,
      status: sent.status,
      problem: sent.ok ? null : sent.problem,
      next_at: retries ? now + retryAfter(attempts) : null,
    },
    now,
  )
  const facts = { project, source: delivery.source, reason, channel, ok: sent.ok, attempts }
  logger.log(sent.ok ? 'info' : 'warn', 'delivered', facts)
}

/** How long after so many attempts the next one comes, ms. */
export const retryAfter = (attempts: number): number =>
  Math.min(FIRST_RETRY_MS * 4 ** (attempts - 1), MAX_RETRY_MS)

import type { DeliveryReport } from '../../delivery/sender.ts'
import { type AnyEvents, type Calls, callsOf } from './calls.ts'
import { type CapturedEvent, type EventInput, makeEvent } from './captured-event.ts'
import { beforeExit } from './exit.ts'
import { type Lane, openLane, openScopedLane } from './lane.ts'
import { type ClientOptions, settle, type WaitUntil } from './options.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { openQueue, type QueueEntry } from './queue.ts'
import { openUuids } from './uuids.ts'

const DEFAULT_SHUTDOWN_TIMEOUT_MS = 10_000

export interface Stats {
  /** Events that wait for an answer, and the bytes of their JSON. */
  queued: number
  queued_bytes: number
  /** Events that the server holds. */
  acknowledged: number
  /** Events that will not be stored, for whatever reason: onError had each. */
  lost: number
}

/**
 * Takes events and keeps them in memory until the server has acknowledged them. No method throws. `Events`
 * names an application's events and the properties of each.
 */
export interface Client<Events extends object = AnyEvents> extends Calls<Events> {
  /** Sends what waits now. Resolves when all of it was answered, or an attempt has failed. */
  flush(): Promise<void>
  /**
   * Sends what waits, again and again until the time is over (10 s by default), and takes no more events.
   * Resolves to the number of events that were not delivered; onError has them as `not_delivered`.
   */
  shutdown(timeoutMs?: number): Promise<number>
  /** The client for one request of a Worker or a serverless function: its events go under `waitUntil`. */
  withContext(context: { waitUntil: WaitUntil }): Client<Events>
  stats(): Stats
}

/** Starts a client for one project. Throws when the write key or an option cannot be right. */
export function createClient<Events extends object = AnyEvents>(
  writeKey: string,
  options: ClientOptions = {},
): Client<Events> {
  const settings = settle(writeKey, options)
  const { exitTimeoutMs, waitUntilTimeoutMs } = settings
  const makeUuid = openUuids()
  const counts = { acknowledged: 0, lost: 0 }
  const lose = (code: string, message: string, uuids: string[]) => {
    counts.lost += uuids.length
    guarded(settings.onError, { code, message, uuids })
  }
  const loseAll = (entries: readonly QueueEntry[], message: string) => {
    const uuids = entries.map(({ uuid }) => uuid)
    if (uuids.length > 0) lose('not_delivered', message, uuids)
  }
  const report = (one: DeliveryReport) => {
    guarded(settings.onDelivery, one)
    const { outcome, uuids, dropped, code = '', message = '' } = one
    if (outcome === 'refused') lose(code, message, uuids)
    if (outcome === 'acknowledged') counts.acknowledged += uuids.length - dropped.length
    for (const { index, uuid, reason, message } of dropped) {
      lose(reason, message, [uuid ?? uuids[index] ?? ''])
    }
  }

  const outbox = openOutbox(settings, report)
  const outboxes = new Set([outbox])
  // What a request could not send in time: whoever sends next takes it along.
  const leftovers = openQueue(settings)
  let over: Promise<number> | undefined
  const adoptLeftovers = (into: Outbox) => {
    const refused = leftovers.takeAll().filter((entry) => !into.put(entry))
    loseAll(refused, 'Too many events wait to be sent.')
  }
  const openLaneUnder = (waitUntil: WaitUntil, isShared: boolean): Lane =>
    openScopedLane({
      waitUntil,
      isShared,
      waitUntilTimeoutMs,
      open() {
        const own = openOutbox(settings, report)
        outboxes.add(own)
        adoptLeftovers(own)
        return own
      },
      close(own, left) {
        outboxes.delete(own)
        const refused = left.filter((entry) => over !== undefined || !leftovers.append(entry))
        loseAll(refused, `The server did not take it within ${waitUntilTimeoutMs} ms.`)
      },
    })

  const end = async (timeoutMs: number): Promise<number> => {
    adoptLeftovers(outbox)
    const left = (await Promise.all([...outboxes].map((one) => one.drain(timeoutMs)))).flat()
    loseAll(left, `The server did not take it within ${timeoutMs} ms.`)
    return left.length
  }
  const hasWaiting = () => leftovers.size() > 0 || [...outboxes].some((one) => one.size() > 0)
  const forgetExit = beforeExit(() => {
    if (exitTimeoutMs > 0 && hasWaiting()) void end(exitTimeoutMs)
  })

  const take = (input: EventInput, { put }: Lane): string => {
    const { defaultProperties, onCapture } = settings
    const defaults =
      typeof defaultProperties === 'function' ? defaultProperties() : defaultProperties
    const made = makeEvent(input, defaults, settings.now(), makeUuid)
    const refuse = (code: string, message: string) => {
      lose(code, message, [made.uuid])
      return ''
    }
    if ('reason' in made) return refuse(made.reason, made.message)
    if (over !== undefined) return refuse('shut_down', 'The client was shut down.')
    if (!settings.disabled && !put(made)) {
      return refuse('queue_full', 'Too many events wait to be sent.')
    }
    if (onCapture) guarded(onCapture, JSON.parse(made.json) as CapturedEvent)
    return made.uuid
  }
  const clientOf = (lane: Lane): Client<Events> => ({
    ...callsOf((make) => {
      try {
        return take(make() ?? {}, lane)
      } catch (error) {
        // Of the application's own functions: analytics must not end what it watches.
        lose('client_error', String(error), [''])
        return ''
      }
    }),
    flush() {
      if (lane === base) adoptLeftovers(outbox)
      return lane.flush()
    },
    shutdown(timeoutMs = DEFAULT_SHUTDOWN_TIMEOUT_MS) {
      forgetExit()
      over ??= end(timeoutMs)
      return over
    },
    withContext: (context) =>
      clientOf(openLaneUnder((promise) => context.waitUntil(promise), false)),
    stats() {
      const waiting = [leftovers, ...outboxes]
      const sum = (count: (one: (typeof waiting)[number]) => number) =>
        waiting.reduce((total, one) => total + count(one), 0)
      return {
        queued: sum((one) => one.size()),
        queued_bytes: sum((one) => one.bytes()),
        ...counts,
      }
    },
  })
  const base = settings.waitUntil ? openLaneUnder(settings.waitUntil, true) : openLane(outbox)
  return clientOf(base)
}

// The application's callback is not ours: what it throws must not stop the queue.
function guarded<Value>(callback: ((value: Value) => void) | undefined, value: Value): void {
  try {
    callback?.(value)
  } catch (error) {
    console.error(error)
  }
}

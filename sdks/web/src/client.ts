import type { DropReason, Event, JsonObject } from '@headwater/schemas/event'
import { type DeliveryReport, openSender, type Sender } from '../../delivery/sender.ts'
import { uuidv7 } from '../../delivery/uuid.ts'
import { openIdentity } from './identity.ts'
import { pageFacts } from './page-facts.ts'
import { watchPageviews } from './pageviews.ts'
import { openQueue, type Queue } from './queue.ts'
import { openStorage } from './storage.ts'
import { send } from './transport.ts'

const DEFAULT_HOST = 'http://localhost:8000'
const DEFAULT_FLUSH_AT = 20
const DEFAULT_FLUSH_INTERVAL_MS = 1_000
const MAX_BATCH_EVENTS = 100
/** Browsers let 64 KiB be in flight when a page goes; a batch stays below it. */
const MAX_BATCH_BYTES = 60_000
/** How often an open page looks for events that closed and crashed pages left. */
const ADOPT_INTERVAL_MS = 30_000

/** Properties as an application has them; what JSON cannot say is left out, as JSON.stringify does. */
export type Properties = Record<string, unknown>

/** An event as it goes to the server, with everything filled in. */
export type CapturedEvent = Event & { uuid: string; timestamp: string; properties: JsonObject }

export interface CaptureError {
  /** Why the server dropped an event, or the code of a refused request, or one of the client's own. */
  code: DropReason | 'invalid_properties' | 'queue_full' | (string & {})
  message: string
  /** The events concerned, where known. */
  uuids: string[]
}

export interface ClientOptions {
  /** Address of the capture service. @default where the script came from, or http://localhost:8000 */
  host?: string
  /** Events that wait before they are sent at once. @default 20 */
  flushAt?: number
  /** Longest wait of an event before it is sent, in milliseconds. @default 1000 */
  flushIntervalMs?: number
  /** Send $pageview for the page and every change of address in a single-page application. @default true */
  autocapturePageviews?: boolean
  /** Called with every event taken into the queue. */
  onCapture?: (event: CapturedEvent) => void
  /** Called after every attempt to send. */
  onDelivery?: (report: DeliveryReport) => void
  /** Called when events will not be stored: dropped or refused by the server, or never valid. */
  onError?: (error: CaptureError) => void
}

/** Takes events and keeps them until the server has acknowledged them. No method ever throws. */
export interface Client {
  /** Takes one event. Returns its uuid; empty when it could not be taken (see onError). */
  capture(event: string, properties?: Properties): string
  /** Takes a $pageview; only needed when autocapturePageviews is off. */
  page(properties?: Properties): string
  /** Says who this visitor is, and links what they did before as an anonymous visitor. */
  identify(distinct_id: string, set?: Properties, set_once?: Properties): void
  /** Forgets who this visitor is, as after a logout. Events already taken are still sent. */
  reset(): void
  /** Sends what waits. Resolves when the queue is empty or an attempt has failed. */
  flush(): Promise<void>
  /** Who the next event will be from. */
  distinctId(): string
}

/** Starts a client for one project. Several pages and tabs of an origin share identity and queue. */
export function createClient(writeKey: string, options: ClientOptions = {}): Client {
  const storage = openStorage()
  // By project, not by key: what waits under a replaced key goes out under the new one.
  const prefix = `hw:${writeKey.split('_')[1] || writeKey}:`
  const identity = openIdentity(prefix, storage)
  // Made now, not with the first event: two tabs must not both find that there is nobody yet.
  identity.get(Date.now())
  const queue = openQueue(prefix, storage)
  const fail = (code: string, message: string, uuids: string[] = []) =>
    guarded(options.onError, { code, message, uuids })
  const url = `${(options.host || DEFAULT_HOST).replace(/\/+$/, '')}/e`
  const sender = openSender(queue, {
    writeKey,
    flushAt: options.flushAt || DEFAULT_FLUSH_AT,
    flushIntervalMs: options.flushIntervalMs || DEFAULT_FLUSH_INTERVAL_MS,
    maxBatchEvents: MAX_BATCH_EVENTS,
    maxBatchBytes: MAX_BATCH_BYTES,
    send: (body) => send(url, body),
    startTimer: (work, delayMs) => setTimeout(work, delayMs),
    report(report) {
      guarded(options.onDelivery, report)
      if (report.code) fail(report.code, report.message || '', report.uuids)
      for (const { reason, message, uuid } of report.dropped)
        fail(reason, message, uuid ? [uuid] : [])
    },
  })

  const take = (name: string, properties?: Properties, person?: Properties): string => {
    try {
      const now = Date.now()
      const { id, sequence } = identity.nextPlace(now)
      const event = {
        uuid: uuidv7(now),
        event: name,
        distinct_id: identity.get(now).distinct_id,
        timestamp: new Date(now).toISOString(),
        properties: { ...pageFacts(), ...properties, $session_id: id, $sequence: sequence },
        ...person,
      }
      if (!queue.append(JSON.stringify(event))) {
        fail('queue_full', 'Too many events wait to be sent.', [event.uuid])
        return ''
      }
      guarded(options.onCapture, event as CapturedEvent)
      sender.nudge()
      return event.uuid
    } catch (error) {
      fail('invalid_properties', String(error))
      return ''
    }
  }
  const client: Client = {
    capture: (event, properties) => take(event, properties),
    page: (properties) => take('$pageview', properties),
    identify(distinct_id, set, set_once) {
      const before = identity.get(Date.now())
      const id = String(distinct_id || '')
      if (!id) return fail('missing_distinct_id', 'identify needs a distinct_id.')
      const person = { ...(set && { $set: set }), ...(set_once && { $set_once: set_once }) }
      if (before.distinct_id === id) {
        if (set || set_once) take('$set', {}, person)
        return
      }
      identity.set({ distinct_id: id, anonymous: false })
      // From one known person to another there is nothing to link.
      const link = before.anonymous ? { $anon_distinct_id: before.distinct_id } : {}
      take('$identify', link, person)
    },
    reset: () => identity.reset(),
    flush: () => sender.flush(),
    distinctId: () => identity.get(Date.now()).distinct_id,
  }
  if (options.autocapturePageviews !== false) {
    watchPageviews(($referrer) => client.page({ $referrer }))
  }
  followPage(queue, sender, url)
  return client
}

// The life of the page: hidden, gone, back from the cache, online again.
function followPage(queue: Queue, sender: Sender, url: string): void {
  const adopt = () =>
    void queue.adopt().then((found) => {
      if (found) sender.nudge()
    })
  adopt()
  setInterval(adopt, ADOPT_INTERVAL_MS)
  addEventListener('online', () => void sender.flush())
  document.addEventListener('visibilitychange', () => {
    // Hidden may be the last thing a page hears. Its requests go on, and most are still answered.
    if (document.visibilityState === 'hidden') void sender.flush()
    else adopt()
  })
  addEventListener('pagehide', () => {
    sender.handOver((body) => navigator.sendBeacon(url, body))
    queue.suspend()
  })
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    queue.resume()
    adopt()
  })
}

// The application's callback is not ours: what it throws must not stop the queue.
function guarded<Value>(callback: ((value: Value) => void) | undefined, value: Value): void {
  try {
    if (callback) callback(value)
  } catch (error) {
    console.error(error)
  }
}

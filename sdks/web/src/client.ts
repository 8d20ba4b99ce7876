import { openSender } from '../../delivery/sender.ts'
import { uuidv7 } from '../../delivery/uuid.ts'
import { openConsent } from './consent.ts'
import type { AnyEvents, Arguments } from './event-map.ts'
import { openIdentity } from './identity.ts'
import type { CapturedEvent, CaptureError, ClientOptions, Properties } from './options.ts'
import { pageFacts } from './page-facts.ts'
import { followPage } from './page-life.ts'
import { watchPageviews } from './pageviews.ts'
import { openQueue, type Queue } from './queue.ts'
import { openStorage, type PageStorage } from './storage.ts'
import { openTransport } from './transport.ts'

const DEFAULT_FLUSH_AT = 20
const DEFAULT_FLUSH_INTERVAL_MS = 1_000
const MAX_BATCH_EVENTS = 100
/** Browsers let 64 KiB be in flight when a page goes; a batch stays below it. */
const MAX_BATCH_BYTES = 60_000

/**
 * Takes events and keeps them until the server has acknowledged them. No method ever throws. `Events`
 * names an application's events and the properties of each.
 */
export interface Client<Events extends object = AnyEvents> {
  /** Takes one event. Returns its uuid; empty when it could not be taken (see onError). */
  capture<Name extends keyof Events & string>(
    event: Name,
    ...properties: Arguments<Events[Name]>
  ): string
  /** Takes a $pageview; only needed when autocapturePageviews is off. */
  page(properties?: Properties): string
  /** Says who this visitor is, and links what they did before as an anonymous visitor. */
  identify(distinct_id: string, set?: Properties, set_once?: Properties): void
  /** Says that another distinct_id is this person too. */
  alias(alias: string): void
  /** Puts later events into a group, such as a company; `set` says what is known of the group. */
  group(type: string, key: string, set?: Properties): void
  /** Sets properties of this person. */
  set(properties: Properties): void
  /** Sets those properties of this person that are not set yet. */
  setOnce(properties: Properties): void
  /** Adds properties to all later events, over pages, until reset. */
  register(properties: Properties): void
  /** Ends what `register` began for one property. */
  unregister(property: string): void
  /** Forgets who this visitor is, as after a logout. Events already taken are still sent. */
  reset(): void
  /** The visitor agrees: what waits for it is stored and sent. */
  optIn(): void
  /** The visitor refuses: everything kept is deleted, what waits too, and nothing is taken any more. */
  optOut(): void
  hasOptedOut(): boolean
  /** Calls back when events will not be stored, as the option of the name does. */
  onError(listener: (error: CaptureError) => void): void
  /** Sends what waits. Resolves when the queue is empty or an attempt has failed. */
  flush(): Promise<void>
  /** Who the next event will be from. */
  distinctId(): string
  /** Adds what is not part of the core. */
  extend(extension: Extension): void
}

/** What more there is of a client, for the extensions of this package. */
export interface Inside {
  client: Client
  queue: Queue
  storage: PageStorage
  /** Of the names of everything that is stored. */
  prefix: string
  /** Whether anything may be kept on the device now. */
  mayStore(): boolean
}

export type Extension = (inside: Inside) => void

/** Starts a client for one project. Several pages and tabs of an origin share identity and queue. */
export function createClient(writeKey: string, options: ClientOptions = {}): Client {
  // By project, not by key: what waits under a replaced key goes out under the new one.
  const prefix = `hw:${writeKey.split('_')[1] || writeKey}:`
  // What the visitor said is kept even where nothing else is: how else would the next page know?
  const device = openStorage(() => true)
  const consentKey = `${prefix}consent`
  const consent = openConsent(() => device.get(consentKey), options)
  const { cookieless } = options
  const mayStore = () => !cookieless && consent() === 'granted'
  const storage = openStorage(mayStore)
  const identity = openIdentity(prefix, storage, cookieless)
  // Made now, not with the first event: two tabs must not both find that there is nobody yet.
  identity.get()
  const queue = openQueue(prefix, storage, consent)
  const listeners = [options.onError]
  const fail = (code: string, uuids: string[] = [], message = code) => {
    for (const listener of listeners) tell(listener, { code, message, uuids })
  }
  const url = `${options.host}`.replace(/\/*$/, '/e')
  const sender = openSender(queue, {
    writeKey,
    flushAt: DEFAULT_FLUSH_AT,
    flushIntervalMs: DEFAULT_FLUSH_INTERVAL_MS,
    ...options,
    maxBatchEvents: MAX_BATCH_EVENTS,
    maxBatchBytes: MAX_BATCH_BYTES,
    send: openTransport(url),
    report(report) {
      tell(options.onDelivery, report)
      if (report.code) fail(report.code, report.uuids, report.message)
      for (const { reason, message, uuid } of report.dropped)
        fail(reason, uuid ? [uuid] : [], message)
    },
  })

  const take = (name: string, properties?: Properties, person?: Properties): string => {
    if (client.hasOptedOut()) return ''
    try {
      // Else a text or a list would become properties, letter by letter.
      if (!/^{/.test(JSON.stringify(properties || {}))) throw Error('no object')
      const now = Date.now()
      const { distinct_id, registered } = identity.get()
      const event = {
        uuid: uuidv7(now),
        event: name,
        distinct_id,
        timestamp: new Date(now).toISOString(),
        properties: {
          ...pageFacts(),
          ...registered,
          ...properties,
          ...identity.nextPlace(now),
        },
        ...person,
      }
      if (queue.append(JSON.stringify(event))) {
        tell(options.onCapture, event as CapturedEvent)
        sender.nudge()
        return event.uuid
      }
      fail('queue_full', [event.uuid])
    } catch (error) {
      fail('invalid_properties', [], String(error))
    }
    return ''
  }
  const register = (change: Properties) =>
    identity.set({ registered: { ...identity.get().registered, ...change } })
  const client: Client = {
    capture: take,
    page: (properties) => take('$pageview', properties),
    identify(distinct_id, $set, $set_once) {
      const { distinct_id: before, initial } = identity.get()
      const id = String(distinct_id || '')
      if (!id) return fail('missing_distinct_id')
      const person = { $set, $set_once: { ...initial, ...$set_once } }
      if (id !== before) {
        identity.set({ distinct_id: id, initial: undefined })
        // From one known person to another there is nothing to link.
        take('$identify', { $anon_distinct_id: initial && before }, person)
      } else if ($set || $set_once) take('$set', {}, person)
    },
    alias: (alias) => void take('$create_alias', { alias }),
    group(type, key, set) {
      const { registered = {} } = identity.get()
      register({ $groups: { ...registered.$groups, [type]: key } })
      if (set) take('$groupidentify', { $group_type: type, $group_key: key, $group_set: set })
    },
    set: ($set) => void take('$set', {}, { $set }),
    setOnce: ($set_once) => void take('$set', {}, { $set_once }),
    register,
    unregister: (property) => register({ [property]: undefined }),
    reset: identity.reset,
    optIn() {
      device.set(consentKey, 'granted')
      storage.held.forEach((value, key) => void storage.set(key, value))
      sender.nudge()
    },
    optOut() {
      storage.held.clear()
      for (const key of device.keys(prefix)) device.remove(key)
      device.set(consentKey, 'denied')
    },
    hasOptedOut: () => consent() === 'denied',
    onError: (listener) => void listeners.push(listener),
    flush: sender.flush,
    distinctId: () => identity.get().distinct_id,
    extend: (extension) => extension({ client, queue, storage, prefix, mayStore }),
  }
  if (options.autocapturePageviews !== false) {
    watchPageviews(($referrer) => client.page({ $referrer }))
  }
  followPage(queue, sender, url)
  return client
}

// The application's callback is not ours: what it throws is for the console, and must not stop the queue.
function tell<Value>(listener: ((value: Value) => void) | undefined, value: Value): void {
  void Promise.resolve(value).then(listener)
}

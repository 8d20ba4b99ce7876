import type { DropReason } from '@headwater/schemas/event'
import type { DeliveryReport } from '../../delivery/sender.ts'
import type { CapturedEvent, Properties } from './captured-event.ts'

/** What the client itself says: of `client_error`, that the application's own function threw. */
type OwnCode = 'queue_full' | 'not_delivered' | 'shut_down' | 'client_error'

/** Why events will not be stored. */
export interface CaptureError {
  /** Why an event was dropped, or the code of a refused request, or one of the client's own. */
  code: DropReason | OwnCode | (string & {})
  message: string
  /** The events concerned, where known. */
  uuids: string[]
}

/** Keeps a request's work alive until the promise is settled, as Workers and serverless platforms have it. */
export type WaitUntil = (promise: Promise<unknown>) => void

export interface ClientOptions {
  /** Address of the capture service. @default http://localhost:8000 */
  host?: string
  /** Events that wait before they are sent at once. @default 100 */
  flushAt?: number
  /** Longest wait of an event before it is sent, in milliseconds. @default 1000 */
  flushIntervalMs?: number
  /** Events that may wait; beyond it the newest is refused with `queue_full`. @default 100000 */
  maxQueueEvents?: number
  /** Bytes of JSON that may wait. @default 67108864 (64 MiB) */
  maxQueueBytes?: number
  /** Events in one request at most. @default 1000 */
  maxBatchEvents?: number
  /** Bytes of JSON in one request at most, before gzip; one event alone may have more. @default 1000000 */
  maxBatchBytes?: number
  /** Compress requests of more than 1 KiB, where the runtime can. @default true */
  gzip?: boolean
  /** How long one request may take, in milliseconds. @default 30000 */
  requestTimeoutMs?: number
  /** How long a process that has nothing else to do waits for what is not sent yet; 0: not at all. @default 5000 */
  exitTimeoutMs?: number
  /** How long events may take under `waitUntil`, in milliseconds. @default 20000 */
  waitUntilTimeoutMs?: number
  /** Of a platform whose function knows the request it is called in. See also `withContext`. */
  waitUntil?: WaitUntil
  /** Properties of every event; an event's own win. */
  defaultProperties?: Properties | (() => Properties)
  /** Take events, and call `onCapture`, but send nothing. @default false */
  disabled?: boolean
  /** Called with every event that was taken. */
  onCapture?: (event: CapturedEvent) => void
  /** Called after every attempt to send. */
  onDelivery?: (report: DeliveryReport) => void
  /** Called when events will not be stored. @default a line on the console, of each code one a minute */
  onError?: (error: CaptureError) => void
  /** @default the runtime's own */
  fetch?: typeof fetch
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number
}

const DEFAULTS = {
  host: 'http://localhost:8000',
  flushAt: 100,
  flushIntervalMs: 1_000,
  maxQueueEvents: 100_000,
  maxQueueBytes: 64 * 1024 * 1024,
  maxBatchEvents: 1_000,
  maxBatchBytes: 1_000_000,
  gzip: true,
  requestTimeoutMs: 30_000,
  exitTimeoutMs: 5_000,
  waitUntilTimeoutMs: 20_000,
  disabled: false,
}

export type Settings = typeof DEFAULTS &
  Pick<ClientOptions, 'waitUntil' | 'defaultProperties' | 'onCapture' | 'onDelivery'> & {
    writeKey: string
    url: string
    onError: (error: CaptureError) => void
    fetch: typeof fetch
    now: () => number
  }

/** Fills in defaults. Throws with the option's name when one cannot be right: better at the start than later. */
export function settle(writeKey: string, options: ClientOptions): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const settings = { ...DEFAULTS, ...(Object.fromEntries(given) as ClientOptions) }
  if (!settings.disabled && (typeof writeKey !== 'string' || writeKey.trim() === '')) {
    throw new TypeError('createClient needs a write key: it looks like wk_…')
  }
  for (const [name, fallback] of Object.entries(DEFAULTS)) {
    const value: unknown = settings[name as keyof typeof DEFAULTS]
    const least = name.endsWith('TimeoutMs') || name === 'flushIntervalMs' ? 0 : 1
    if (typeof fallback === 'number' && !(Number(value) >= least)) {
      throw new TypeError(`invalid ${name}: ${String(value)}`)
    }
  }
  return {
    ...settings,
    writeKey: String(writeKey ?? '').trim(),
    url: `${addressOf(settings.host)}/batch`,
    onError: settings.onError ?? sayErrors(),
    // Workers refuse a fetch that is called as another object's method.
    fetch: settings.fetch ?? ((...request) => fetch(...request)),
    now: settings.now ?? Date.now,
  }
}

function addressOf(host: string): string {
  if (!/^https?:\/\/[^/]/.test(host)) {
    throw new TypeError(`invalid host: ${host} is not an address like https://events.example.com`)
  }
  return host.replace(/\/+$/, '')
}

const SILENCE_MS = 60_000

/** Says errors on the console: what is lost must not be lost silently, nor fill a log. */
function sayErrors(): (error: CaptureError) => void {
  const saidAt = new Map<string, number>()
  return ({ code, message, uuids }) => {
    const now = Date.now()
    if (now - (saidAt.get(code) ?? -SILENCE_MS) < SILENCE_MS) return
    saidAt.set(code, now)
    console.error(`headwater: ${code}: ${message}`, ...uuids.slice(0, 3))
  }
}

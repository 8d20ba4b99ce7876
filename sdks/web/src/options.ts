import type { DropReason, Event, JsonObject } from '@headwater/schemas/event'
import type { DeliveryReport } from '../../delivery/sender.ts'

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

/**
 * Whether this visitor may be measured. `pending`: events wait in memory, nothing is stored or sent, until
 * `optIn`. `denied`: nothing is even taken.
 */
export type Consent = 'granted' | 'pending' | 'denied'

export interface ClientOptions {
  /** Address of the capture service. @default where the script came from, or http://localhost:8000 */
  host?: string
  /** Events that wait before they are sent at once. @default 20 */
  flushAt?: number
  /** Longest wait of an event before it is sent, in milliseconds. @default 1000 */
  flushIntervalMs?: number
  /** Send $pageview for the page and every change of address in a single-page application. @default true */
  autocapturePageviews?: boolean
  /** What holds until the visitor says something by `optIn` or `optOut`. @default granted */
  consent?: Consent
  /** Take Do Not Track and Global Privacy Control for `denied`, unless the visitor said `optIn`. @default false */
  respectDnt?: boolean
  /** Store nothing on the device: who it is, and what waits, is known until the page goes. @default false */
  cookieless?: boolean
  /** Called with every event taken into the queue. */
  onCapture?: (event: CapturedEvent) => void
  /** Called after every attempt to send. */
  onDelivery?: (report: DeliveryReport) => void
  /** Called when events will not be stored: dropped or refused by the server, or never valid. */
  onError?: (error: CaptureError) => void
}

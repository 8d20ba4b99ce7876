import { type Client, createClient as start } from './client.ts'
import { createDefaultClient, type DefaultClient } from './default-client.ts'
import type { AnyEvents } from './event-map.ts'
import type { ClientOptions } from './options.ts'

export type { DeliveryReport } from '../../delivery/sender.ts'
export type { Client, Extension, Inside } from './client.ts'
export type { DefaultClient } from './default-client.ts'
export type {
  CapturedEvent,
  CaptureError,
  ClientOptions,
  Consent,
  Properties,
} from './options.ts'

const DEFAULT_HOST = 'http://localhost:8000'

/** Starts a client of its own; most pages have one and take `headwater`. */
export const createClient = <Events extends object = AnyEvents>(
  writeKey: string,
  options?: ClientOptions,
) => start(writeKey, { host: DEFAULT_HOST, ...options }) as Client<Events>

/** The page's client, ready for `init`. */
export const headwater: DefaultClient = createDefaultClient(createClient)
export default headwater

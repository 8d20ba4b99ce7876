export type { DeliveryReport } from '../../delivery/sender.ts'
export type {
  AliasInput,
  AnyEvents,
  CaptureInput,
  EventName,
  GroupIdentifyInput,
  IdentifyInput,
} from './calls.ts'
export type { CapturedEvent, EventInput, Properties } from './captured-event.ts'
export { type Client, createClient, type Stats } from './client.ts'
export type { CaptureError, ClientOptions, WaitUntil } from './options.ts'

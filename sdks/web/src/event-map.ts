import type { Properties } from './options.ts'

/** Any event with any properties: what holds where an application does not name its events. */
export type AnyEvents = Record<string, Properties>

/** Properties may be left out only where an event has none that it needs. */
export type Arguments<Said> =
  Record<never, never> extends Said ? [properties?: Said] : [properties: Said]

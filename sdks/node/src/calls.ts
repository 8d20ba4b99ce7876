import { MAX_DISTINCT_ID_LENGTH } from '@headwater/schemas/limits'
import type { EventInput, Properties } from './captured-event.ts'

/** Any event with any properties: what holds where an application does not name its events. */
export type AnyEvents = Record<string, Properties>
/** Names that begin with `$` have a meaning of their own, and are always allowed. */
export type EventName<Events extends object> = (keyof Events & string) | `$${string}`

/** Properties may be left out only where an event has none that it needs. */
export type CaptureInput<Events extends object, Name extends string> = Omit<
  EventInput,
  'event' | 'properties'
> & { event: Name } & (Name extends keyof Events
    ? Record<never, never> extends Events[Name]
      ? { properties?: Events[Name] | undefined }
      : { properties: Events[Name] }
    : { properties?: Properties | undefined })

type Stamps = Pick<EventInput, 'timestamp' | 'uuid'>

export interface IdentifyInput extends Stamps, Pick<EventInput, 'distinct_id'> {
  /** The anonymous id of the same person, such as the browser's: what it did becomes theirs. */
  anonymous_id?: string | undefined
  /** Person properties to set, and to set when not yet set. */
  $set?: Properties | undefined
  $set_once?: Properties | undefined
}

export interface AliasInput extends Stamps, Pick<EventInput, 'distinct_id'> {
  /** Another id of the same person. */
  alias: string
}

export interface GroupIdentifyInput extends Stamps {
  /** Such as `company`. */
  group_type: string
  group_key: string
  /** Properties of the group to set. */
  $set?: Properties | undefined
  /** Who said it. @default $<group_type>_<group_key> */
  distinct_id?: string | undefined
}

/** The methods that make an event. Each returns its uuid; empty when it could not be taken (see onError). */
export interface Calls<Events extends object> {
  /** Takes one event. */
  capture<Name extends EventName<Events>>(input: CaptureInput<Events, Name>): string
  /** Says who a person is; with `anonymous_id`, that it is the one who was anonymous before. */
  identify(input: IdentifyInput): string
  /** Says that two ids are one person. */
  alias(input: AliasInput): string
  /** Says what is known of a group. */
  groupIdentify(input: GroupIdentifyInput): string
  /** Sets person properties. */
  set(distinct_id: string, properties: Properties): string
  /** Sets those person properties that are not set yet. */
  setOnce(distinct_id: string, properties: Properties): string
}

/** The calls of a client, as events for `take`, which copes with whatever an application passed. */
export function callsOf<Events extends object>(
  take: (make: () => EventInput) => string,
): Calls<Events> {
  return {
    // Which events there are is known to the compiler only.
    capture: (input) => take(() => input as EventInput),
    identify: (input) => take(() => identifyEvent(input)),
    alias: (input) => take(() => aliasEvent(input)),
    groupIdentify: (input) => take(() => groupEvent(input)),
    set: (distinct_id, $set) => take(() => ({ event: '$set', distinct_id, $set })),
    setOnce: (distinct_id, $set_once) => take(() => ({ event: '$set', distinct_id, $set_once })),
  }
}

function identifyEvent({ anonymous_id, ...rest }: IdentifyInput): EventInput {
  const properties = anonymous_id ? { $anon_distinct_id: anonymous_id } : {}
  return { ...rest, event: '$identify', properties }
}

function aliasEvent({ alias, ...rest }: AliasInput): EventInput {
  return { ...rest, event: '$create_alias', properties: { alias } }
}

function groupEvent({ group_type, group_key, $set, ...rest }: GroupIdentifyInput): EventInput {
  const own = `$${group_type}_${group_key}`.slice(0, MAX_DISTINCT_ID_LENGTH)
  const properties = { $group_type: group_type, $group_key: group_key, $group_set: $set }
  return { ...rest, event: '$groupidentify', distinct_id: rest.distinct_id ?? own, properties }
}

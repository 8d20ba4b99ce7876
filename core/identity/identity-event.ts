import { type JournalEntry, type LinkKind, NO_TARGET } from './journal.ts'
import type { Types } from './stored-json.ts'

/** What an event says of persons and groups, as the store gives it: see sweep.ts. */
export interface IdentityEvent {
  uuid: string
  project_id: string
  event: string
  distinct_id: string
  /** ms since 1970. */
  at: string
  /** 1 when its sender wants no person made or changed by it: `$process_person_profile: false`. */
  personless: number
  anon: string
  alias: string
  set: Fields
  set_types: Types
  once: Fields
  once_types: Types
  /** Names; a single one may stand by itself. */
  unset: unknown
  add: Fields
  increment: Fields
  group_type: string
  group_key: string
  group_set: Fields
  group_set_types: Types
}

export type Fields = Record<string, unknown>
/** The events that link, and the property that holds the distinct_id which joins. */
export const LINK_EVENTS = {
  $identify: { kind: 'identify', joins: 'anon' },
  $create_alias: { kind: 'create_alias', joins: 'alias' },
  $merge_dangerously: { kind: 'merge_dangerously', joins: 'alias' },
} as const satisfies Record<string, { kind: LinkKind; joins: 'anon' | 'alias' }>

/** The link that an event makes; null when it makes none. */
export function linkOf(event: IdentityEvent): JournalEntry | null {
  if (event.personless !== 0 || !isLinkEvent(event.event)) return null
  const { kind, joins } = LINK_EVENTS[event.event]
  // As capture mends a distinct_id.
  const from_id = event[joins].replaceAll('\0', '\uFFFD')
  if (from_id === '' || from_id === event.distinct_id) return null
  return {
    uuid: event.uuid,
    kind,
    from_id,
    to_id: event.distinct_id,
    target: NO_TARGET,
    timestamp: Number(event.at),
  }
}

const isLinkEvent = (name: string): name is keyof typeof LINK_EVENTS =>
  Object.hasOwn(LINK_EVENTS, name)

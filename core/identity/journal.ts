// The journal from which persons are resolved: the table person_links.
import { compareText } from '../shared/compare-text.ts'

/** What can make two distinct_ids one person: three kinds of events, and a merge by hand. */
export const LINK_KINDS = ['identify', 'create_alias', 'merge_dangerously', 'merge'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/** What takes a link's effect away, and what gives it back. */
export const ACT_KINDS = ['undo', 'redo'] as const
export type ActKind = (typeof ACT_KINDS)[number]

export interface JournalEntry {
  /** Of the event, or made for what was done by hand. */
  uuid: string
  kind: LinkKind | ActKind
  /** The distinct_id that joins; of an undo and a redo, that of its link. */
  from_id: string
  /** The distinct_id whose person is joined. */
  to_id: string
  /** Of an undo and a redo: the link that is meant. */
  target: string
  /** ms since 1970. */
  timestamp: number
}

export const NO_TARGET = '00000000-0000-0000-0000-000000000000'

/** What became of a link. Closed: each has its sentence in the documentation. */
export const LINK_STATES = [
  /** It made two persons one. */
  'joined',
  /** They were one already. */
  'already_joined',
  /** The one that was to join is a known person already. */
  'refused_identified',
  /** One of the two is what programs send for want of an id. */
  'refused_id',
  /** It was undone. */
  'undone',
] as const
export type LinkState = (typeof LINK_STATES)[number]

export const isLink = ({ kind }: Pick<JournalEntry, 'kind'>): boolean =>
  kind !== 'undo' && kind !== 'redo'

/** Order of time; of two at one instant, that of their uuids. The rest is for a uuid that was used twice. */
export const compareEntries = (a: JournalEntry, b: JournalEntry): number =>
  a.timestamp - b.timestamp ||
  compareText(a.uuid, b.uuid) ||
  compareText(a.from_id, b.from_id) ||
  compareText(a.to_id, b.to_id)

import { compareText } from '../shared/compare-text.ts'
import { compareEntries, isLink, type JournalEntry, type LinkState } from './journal.ts'
import { PersonSets } from './person-sets.ts'
import { isUsableId } from './usable-id.ts'

/** Who a linked distinct_id is. */
export interface Resolved {
  /** The distinct_id after which the person is numbered. */
  canonical: string
  /** The smallest of all distinct_ids that links connect, whether the links hold or not. */
  root: string
  /** How many entries of the journal concern them: whoever knows more has the greater number. */
  version: number
}

export interface Resolution {
  /** Every distinct_id of a link that can have an effect. */
  persons: Map<string, Resolved>
  /** By the uuid of the link. */
  states: Map<string, LinkState>
}

/**
 * Decides who is who. A function of the set of entries: neither their order nor copies matter. Linear in
 * their number but for sorting them. An undone link counts as if it had never been.
 */
export function resolve(entries: readonly JournalEntry[]): Resolution {
  const ordered = distinctEntries(entries)
  const undone = undoneLinks(ordered)
  const states = new Map<string, LinkState>()
  const sets = new PersonSets()
  for (const entry of ordered) {
    if (!isLink(entry)) continue
    states.set(entry.uuid, undone.has(entry.uuid) ? 'undone' : follow(entry, sets))
  }
  return { persons: personsOf(ordered, sets), states }
}

function follow({ kind, from_id, to_id }: JournalEntry, sets: PersonSets): LinkState {
  if (!isUsableId(from_id) || !isUsableId(to_id)) return 'refused_id'
  const [from, to] = [sets.find(from_id), sets.find(to_id)]
  const gentle = kind === 'identify' || kind === 'create_alias'
  if (from !== to && gentle && sets.isIdentified(from)) {
    // The other one is known all the same: it was named by its own id.
    sets.identify(to)
    return 'refused_identified'
  }
  const state = from === to ? 'already_joined' : 'joined'
  const joined = sets.join(from, to)
  if (kind !== 'merge') sets.identify(joined)
  return state
}

// Of entries with one uuid the first counts.
function distinctEntries(entries: readonly JournalEntry[]): JournalEntry[] {
  const seen = new Set<string>()
  return entries.toSorted(compareEntries).filter(({ uuid }) => {
    const isNew = !seen.has(uuid)
    seen.add(uuid)
    return isNew
  })
}

// The last word about a link holds.
function undoneLinks(ordered: readonly JournalEntry[]): Set<string> {
  const undone = new Set<string>()
  for (const { kind, target } of ordered) {
    if (kind === 'undo') undone.add(target)
    if (kind === 'redo') undone.delete(target)
  }
  return undone
}

function personsOf(ordered: readonly JournalEntry[], sets: PersonSets): Map<string, Resolved> {
  const linked = new PersonSets()
  const usable = ordered.filter(({ from_id, to_id }) => isUsableId(from_id) && isUsableId(to_id))
  for (const { from_id, to_id } of usable) linked.join(linked.find(from_id), linked.find(to_id))
  const roots = new Map<number, string>()
  const versions = new Map<number, number>()
  for (const { from_id, to_id } of usable) {
    const group = linked.find(from_id)
    versions.set(group, (versions.get(group) ?? 0) + 1)
    for (const id of [from_id, to_id]) {
      const root = roots.get(group)
      if (root === undefined || compareText(id, root) < 0) roots.set(group, id)
    }
  }
  const persons = new Map<string, Resolved>()
  for (const id of linked.ids()) {
    const group = linked.find(id)
    const canonical = sets.canonicalOf(sets.find(id))
    persons.set(id, { canonical, root: roots.get(group) ?? id, version: versions.get(group) ?? 0 })
  }
  return persons
}

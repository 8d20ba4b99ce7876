// For tests: who is who, by the slowest and plainest way that decides it.
import { compareEntries, type JournalEntry, type LinkState } from './journal.ts'

interface PlainPerson {
  canonical: string
  ids: string[]
  identified: boolean
}

export interface PlainResolution {
  /** distinct_id to the distinct_id after which its person is numbered. */
  canonicals: Record<string, string>
  states: Record<string, LinkState>
}

/** As resolve(), of entries whose ids are all usable. */
export function resolvePlainly(entries: readonly JournalEntry[]): PlainResolution {
  const byUuid = new Map<string, JournalEntry>()
  for (const entry of [...entries].sort(compareEntries).reverse()) byUuid.set(entry.uuid, entry)
  const ordered = [...byUuid.values()].sort(compareEntries)
  const isUndone = (uuid: string) =>
    ordered.filter(({ target, kind }) => target === uuid && /^(un|re)do$/.test(kind)).at(-1)
      ?.kind === 'undo'
  const persons: PlainPerson[] = []
  const personOf = (id: string): PlainPerson => {
    const found = persons.find(({ ids }) => ids.includes(id))
    if (found) return found
    const person = { canonical: id, ids: [id], identified: false }
    persons.push(person)
    return person
  }
  const states: Record<string, LinkState> = {}
  for (const { uuid, kind, from_id, to_id } of ordered) {
    if (kind === 'undo' || kind === 'redo') continue
    if (isUndone(uuid)) {
      states[uuid] = 'undone'
      continue
    }
    const [from, to] = [personOf(from_id), personOf(to_id)]
    const byName = kind === 'identify' || kind === 'create_alias'
    if (from === to) {
      states[uuid] = 'already_joined'
    } else if (byName && from.identified) {
      states[uuid] = 'refused_identified'
    } else {
      states[uuid] = 'joined'
      to.ids.push(...from.ids)
      to.identified ||= from.identified
      persons.splice(persons.indexOf(from), 1)
    }
    if (kind !== 'merge') personOf(to_id).identified = true
  }
  const ids = new Set(ordered.flatMap(({ from_id, to_id }) => [from_id, to_id]))
  const canonicals = Object.fromEntries([...ids].map((id) => [id, personOf(id).canonical]))
  return { canonicals, states }
}

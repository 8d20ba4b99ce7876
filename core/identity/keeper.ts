import { randomUUID } from 'node:crypto'
import type { EventStore, QueryStore, StoreTable } from '../store/store.ts'
import { type IdentityEvent, linkOf } from './identity-event.ts'
import type { JournalEntry } from './journal.ts'
import { loadLinkage } from './linkage.ts'
import { factsOf } from './property-facts.ts'
import { resolve } from './resolve.ts'

export type IdentityStore = Pick<QueryStore, 'query'> & Pick<EventStore, 'insert'>

/** What was written of some events. */
export interface Kept {
  links: number
  facts: number
  overrides: number
}

/** Rows of one insert. */
const MAX_ROWS = 50_000

/**
 * Makes persons of events: keeps what they say, then settles who is who. Done twice, or by two at once,
 * it comes to the same; cut off, it is made good by whoever does it again.
 */
export async function keep(store: IdentityStore, events: readonly IdentityEvent[]): Promise<Kept> {
  const links: object[] = []
  const facts: object[] = []
  const touched = new Map<string, Set<string>>()
  for (const event of events) {
    const { project_id } = event
    for (const fact of factsOf(event)) facts.push({ project_id, ...fact })
    const link = linkOf(event)
    if (!link) continue
    links.push({ project_id, ...link })
    const ids = touched.get(project_id) ?? new Set()
    touched.set(project_id, ids.add(link.from_id).add(link.to_id))
  }
  await insert(store, 'actor_properties', facts)
  await insert(store, 'person_links', links)
  return { links: links.length, facts: facts.length, overrides: await settleAll(store, touched) }
}

/** Settles what was linked by hand: of that no event tells. */
export async function settleMerges(store: IdentityStore): Promise<number> {
  const rows = await store.query<{ project_id: string; from_id: string; to_id: string }>({
    text: `SELECT DISTINCT project_id, from_id, to_id FROM person_links WHERE kind = 'merge'`,
  })
  const touched = new Map<string, Set<string>>()
  for (const { project_id, from_id, to_id } of rows) {
    touched.set(project_id, (touched.get(project_id) ?? new Set()).add(from_id).add(to_id))
  }
  return settleAll(store, touched)
}

// A project that cannot be settled must not keep the others waiting.
async function settleAll(
  store: IdentityStore,
  touched: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<number> {
  const failures: unknown[] = []
  let overrides = 0
  for (const [project, ids] of touched) {
    await settle(store, project, ids).then(
      (written) => (overrides += written),
      (error) => failures.push(error),
    )
  }
  if (failures.length > 0) throw failures[0]
  return overrides
}

/** Puts into the journal what was done by hand, and settles it. */
export async function act(
  store: IdentityStore,
  project: string,
  entries: readonly JournalEntry[],
): Promise<void> {
  await insert(
    store,
    'person_links',
    entries.map((entry) => ({ project_id: project, ...entry })),
  )
  const ids = entries.flatMap(({ from_id, to_id }) => [from_id, to_id])
  await settle(store, project, new Set(ids))
}

/**
 * Decides anew who some distinct_ids are, and all that links connect to them, and writes what is not
 * stored so. Resolves with the number of rows.
 */
export async function settle(
  store: IdentityStore,
  project: string,
  ids: ReadonlySet<string>,
): Promise<number> {
  const { entries, stored } = await loadLinkage(store, project, ids)
  const changed: object[] = []
  for (const [distinct_id, person] of resolve(entries).persons) {
    const known = stored.get(distinct_id)
    // Somebody who knows more was here: what we do not know yet we shall be told of, too.
    if (known && known.version > person.version) continue
    if (known && known.canonical === person.canonical && known.root === person.root) continue
    changed.push({ project_id: project, distinct_id, ...person })
  }
  await insert(store, 'person_overrides', changed)
  return changed.length
}

async function insert(
  store: IdentityStore,
  table: StoreTable,
  rows: readonly object[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += MAX_ROWS) {
    const lines = rows.slice(at, at + MAX_ROWS).map((row) => JSON.stringify(row))
    // Tables emptied to be written anew must take the same rows again: no token comes twice.
    await store.insert(table, lines, randomUUID())
  }
}

import type { QueryStore } from '../store/store.ts'
import type { JournalEntry } from './journal.ts'
import type { Resolved } from './resolve.ts'
import { isUsableId } from './usable-id.ts'

/** Everything that links connect to some distinct_ids, and what is stored of it. */
export interface Linkage {
  entries: JournalEntry[]
  /** By distinct_id. Read before the entries: they are never older. */
  stored: Map<string, Resolved>
}

/** distinct_ids asked for at one time. */
const CHUNK = 5_000
/** After so many rounds everything of the project is read at once. */
const MAX_ROUNDS = 8

interface StoredRow {
  distinct_id: string
  canonical: string
  root: string
  version: string
}
type EntryRow = Omit<JournalEntry, 'timestamp'> & { timestamp: string }

/** Reads the journal around some distinct_ids of a project, however far links lead from them. */
export async function loadLinkage(
  store: Pick<QueryStore, 'query'>,
  project: string,
  ids: Iterable<string>,
): Promise<Linkage> {
  const stored = new Map<string, Resolved>()
  const entries = new Map<string, JournalEntry>()
  const seen = new Set<string>()
  let fresh = new Set(ids)
  for (let round = 1; fresh.size > 0; round++) {
    for (const id of fresh) seen.add(id)
    const where = round > MAX_ROUNDS ? null : [...fresh]
    for (const wanted of where === null ? [null] : chunksOf(where)) {
      for (const row of await readStored(store, project, wanted)) {
        const { distinct_id, canonical, root, version } = row
        stored.set(distinct_id, { canonical, root, version: Number(version) })
        seen.add(distinct_id)
      }
      for (const row of await readEntries(store, project, wanted)) {
        const entry = { ...row, timestamp: Number(row.timestamp) }
        entries.set(`${entry.uuid} ${entry.timestamp} ${entry.from_id} ${entry.to_id}`, entry)
      }
    }
    if (where === null) break
    const ends = [...entries.values()].flatMap(({ from_id, to_id }) => [from_id, to_id])
    // What is nobody's id connects nobody, however many links name it.
    fresh = new Set(ends.filter((id) => !seen.has(id) && isUsableId(id)))
  }
  return { entries: [...entries.values()], stored }
}

const chunksOf = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, at) =>
    ids.slice(at * CHUNK, (at + 1) * CHUNK),
  )

// Links hold together what has one root, so that a chain is not walked link by link.
const ROOTS = `SELECT root FROM person_overrides FINAL
      WHERE project_id = {project:String} AND distinct_id IN {ids:Array(String)}`
const CONNECTED = `SELECT distinct_id FROM person_overrides FINAL
    WHERE project_id = {project:String} AND root IN (${ROOTS})`

function readStored(
  store: Pick<QueryStore, 'query'>,
  project: string,
  ids: readonly string[] | null,
): Promise<StoredRow[]> {
  return store.query<StoredRow>({
    text: `SELECT distinct_id, canonical, root, version FROM person_overrides FINAL
  WHERE project_id = {project:String} ${ids === null ? '' : `AND root IN (${ROOTS})`}`,
    params: { project, ...(ids && { ids }) },
  })
}

function readEntries(
  store: Pick<QueryStore, 'query'>,
  project: string,
  ids: readonly string[] | null,
): Promise<EntryRow[]> {
  const concerns = (end: string) => `${end} IN {ids:Array(String)} OR ${end} IN (${CONNECTED})`
  return store.query<EntryRow>({
    text: `SELECT toString(uuid) AS uuid, kind, from_id, to_id, toString(target) AS target,
    toUnixTimestamp64Milli(timestamp) AS timestamp
  FROM person_links
  WHERE project_id = {project:String}
    ${ids === null ? '' : `AND (${concerns('from_id')} OR ${concerns('to_id')})`}`,
    params: { project, ...(ids && { ids }) },
  })
}

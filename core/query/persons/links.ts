import { randomUUID } from 'node:crypto'
import {
  type LinkResult,
  MAX_LINKS,
  type MergeRequest,
  type MergeResult,
  type PersonLink,
  type PersonLinks,
} from '@headwater/schemas/insights/persons'
import type { z } from '@hono/zod-openapi'
import {
  type ActKind,
  compareEntries,
  type JournalEntry,
  NO_TARGET,
} from '../../identity/journal.ts'
import { act, type IdentityStore } from '../../identity/keeper.ts'
import { loadLinkage } from '../../identity/linkage.ts'
import { type Resolution, resolve } from '../../identity/resolve.ts'
import type { Clock } from '../../shared/clock.ts'
import { QueryRefusal } from '../errors.ts'
import { projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'
import { distinctIdOf, findLink, numbersOf } from './link-rows.ts'
import type { Ask } from './properties.ts'

/** Where what was done by hand is written. */
export interface LinkDeps {
  project: string
  store: IdentityStore
  clock: Clock
  ask: Ask
}

/** Everything that links a person's distinct_ids to others, and what undid it. */
export async function listLinks(
  {
    project,
    store,
    ask,
  }: Pick<LinkDeps, 'project' | 'ask'> & { store: Pick<IdentityStore, 'query'> },
  person: string,
): Promise<PersonLinks> {
  const statement = new Statement(project)
  const rows = await ask<{ distinct_id: string }>(
    statement.query(`SELECT distinct_id FROM person_overrides FINAL
  WHERE ${projectCondition(statement)} AND person = toUInt64(${statement.add('String', person)})`),
  )
  const ids = new Set(rows.map(({ distinct_id }) => distinct_id))
  const { entries } = await loadLinkage(store, project, ids)
  const own = entries.filter(({ from_id, to_id }) => ids.has(from_id) || ids.has(to_id))
  const resolution = resolve(entries)
  const links = own.sort(compareEntries).reverse()
  return {
    links: links.slice(0, MAX_LINKS).map((entry) => toLink(entry, resolution)),
    total: links.length,
  }
}

/** Makes persons one by hand, whoever they are. Throws a QueryRefusal when one does not exist. */
export async function mergePersons(
  { into, persons }: Omit<z.infer<typeof MergeRequest>, 'project'>,
  deps: LinkDeps,
): Promise<z.infer<typeof MergeResult>> {
  const { project, store, clock, ask } = deps
  const to_id = await distinctIdOf(project, into, 'into', ask)
  const timestamp = clock()
  const entries: JournalEntry[] = []
  for (const [place, person] of persons.entries()) {
    const field = `persons.${place}`
    if (person === into) {
      throw new QueryRefusal('invalid_query', `${field} is the person to merge into`, { field })
    }
    const from_id = await distinctIdOf(project, person, field, ask)
    const uuid = randomUUID()
    entries.push({ uuid, kind: 'merge', from_id, to_id, target: NO_TARGET, timestamp })
  }
  await act(store, project, entries)
  return { person: into, links: entries.map(({ uuid }) => uuid) }
}

/** Takes a link's effect away, or gives it back; done before, nothing changes. */
export async function turnLink(
  kind: ActKind,
  uuid: string,
  deps: LinkDeps,
): Promise<z.infer<typeof LinkResult>> {
  const { project, store, clock } = deps
  const link = await findLink(uuid, deps)
  const ids = [link.from_id, link.to_id]
  const { entries } = await loadLinkage(store, project, ids)
  const acts = entries.filter(({ target }) => target === uuid).sort(compareEntries)
  const last = acts.at(-1)
  if ((last?.kind ?? 'redo') !== kind) {
    // After the last word about the link, also when both fall into one millisecond.
    const timestamp = Math.max(clock(), (last?.timestamp ?? 0) + 1)
    await act(store, project, [{ ...link, uuid: randomUUID(), kind, target: uuid, timestamp }])
  }
  const settled = resolve((await loadLinkage(store, project, ids)).entries)
  const [from_person, to_person] = await numbersOf(project, link, settled, deps.ask)
  return { link: toLink(link, settled), from_person, to_person }
}

function toLink(entry: JournalEntry, { states }: Resolution): PersonLink {
  const { uuid, kind, from_id: from, to_id: to, timestamp, target } = entry
  const state = target === NO_TARGET ? (states.get(uuid) ?? null) : null
  return {
    ...{ uuid, kind, from, to, state },
    timestamp: new Date(timestamp).toISOString(),
    target: target === NO_TARGET ? null : target,
  }
}

import { randomUUID } from 'node:crypto'
import type { Described } from '@headwater/schemas/insights/definitions'
import type { EventStore, Query } from '../../store/store.ts'
import { Statement } from '../statement.ts'

export type DefinitionKind = 'event' | 'property'

/** Says something from now on; `now`, ms, decides which of two is the later. */
export async function say(
  store: Pick<EventStore, 'insert'>,
  at: { project: string; kind: DefinitionKind; now: number },
  { name, description, hidden }: Described,
): Promise<void> {
  const { project: project_id, kind, now: version } = at
  const row = { project_id, kind, name, description, hidden, version }
  await store.insert('definitions', [JSON.stringify(row)], `definition ${randomUUID()}`)
}

/** Everything that was said of the project's events, or properties. */
export function compileSaid(project: string, kind: DefinitionKind): Query {
  const statement = new Statement(project)
  return statement.query(`SELECT name, description, hidden FROM definitions FINAL
  WHERE project_id = ${statement.add('String', project)} AND kind = ${statement.add('String', kind)}`)
}

/** With what was said of each, without the hidden unless they are wanted. */
export function withSaid<Item extends { name: string }>(
  items: readonly Item[],
  said: readonly Described[],
  includeHidden: boolean,
): (Item & Omit<Described, 'name'>)[] {
  const byName = new Map(said.map((one) => [one.name, one]))
  return items
    .map((item) => {
      const { description = '', hidden = false } = byName.get(item.name) ?? {}
      return { ...item, description, hidden }
    })
    .filter(({ hidden }) => includeHidden || !hidden)
}

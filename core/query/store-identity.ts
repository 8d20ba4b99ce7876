import type { QueryStore } from '../store/store.ts'

/**
 * The store, its data versions made unique among all stores, and all that were ever made anew in one place:
 * what outlives a process, or is shared by several, must not take the rows of one for those of another.
 */
export function identified(store: QueryStore): QueryStore {
  return {
    query: (query, options) => store.query(query, options),
    async dataVersion() {
      // Before the version: a store made anew in between is then asked again, and not taken for the old.
      const identity = await identityOf(store)
      return `${identity} ${await store.dataVersion()}`
    },
  }
}

async function identityOf(store: QueryStore): Promise<string> {
  const [row] = await store.query<{ identity: string }>({
    text: `SELECT arrayStringConcat(arraySort(groupArray(toString(uuid))), ' ') AS identity
      FROM system.tables WHERE database = currentDatabase() AND match(name, '^(events|person_overrides|actor_properties)')`,
  })
  return row?.identity ?? ''
}

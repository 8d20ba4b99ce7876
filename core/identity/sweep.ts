import type { Query, QueryStore } from '../store/store.ts'
import { type IdentityEvent, LINK_EVENTS } from './identity-event.ts'

/** Events read at one time, as a rule: each may be a megabyte. */
export const PAGE = 20_000

/** By the store's clock, ms: `from` included, `to` excluded. */
export interface Inserted {
  from: number
  to: number
}

/**
 * What was inserted in a time and says something of persons or groups, a page at a time and in no
 * order: whatever is made of it must not depend on one. Month by month, so that no statement takes long.
 */
export async function* sweep(
  store: Pick<QueryStore, 'query'>,
  inserted: Inserted,
  page = PAGE,
): AsyncGenerator<IdentityEvent[]> {
  const params = { ...inserted, names: [...Object.keys(LINK_EVENTS), '$groupidentify'] }
  const months = await store.query<{ month: number; events: string }>({
    text: `SELECT toYYYYMM(timestamp) AS month, count() AS events
  FROM events WHERE ${WHEN_INSERTED} GROUP BY month`,
    params,
  })
  for (const { month, events } of months) {
    const few = Number(events) <= page
    const found = few ? Number(events) : await countOf(store, { ...params, month })
    const pages = Math.ceil(found / page)
    for (let at = 0; at < pages; at++) {
      yield await store.query<IdentityEvent>(readPage({ ...params, month, at, pages }))
    }
  }
}

async function countOf(
  store: Pick<QueryStore, 'query'>,
  params: Record<string, unknown>,
): Promise<number> {
  const text = `SELECT count() AS events FROM events WHERE ${SAYS_SOMETHING}`
  const [counted] = await store.query<{ events: string }>({ text, params })
  return Number(counted?.events ?? 0)
}

const WHEN_INSERTED = `inserted_at >= fromUnixTimestamp64Milli({from:Int64})
    AND inserted_at < fromUnixTimestamp64Milli({to:Int64})`
const SAYS_SOMETHING = `${WHEN_INSERTED}
    AND toYYYYMM(timestamp) = {month:UInt32}
    AND (event IN {names:Array(String)}
      OR notEmpty(JSONAllPaths(person_set)) OR notEmpty(JSONAllPaths(person_set_once))
      OR isNotNull(properties.\`$unset\`)
      OR notEmpty(JSONAllPaths(properties.^\`$add\`))
      OR notEmpty(JSONAllPaths(properties.^\`$increment\`)))`

const textAt = (name: string) => `ifNull(toString(properties.\`${name}\`), '')`

const readPage = (params: Record<string, unknown>): Query => ({
  text: `SELECT toString(uuid) AS uuid, project_id, event, distinct_id,
    toUnixTimestamp64Milli(timestamp) AS at,
    ${textAt('$process_person_profile')} = 'false' AS personless,
    ${textAt('$anon_distinct_id')} AS anon, ${textAt('alias')} AS alias,
    person_set AS set, JSONAllPathsWithTypes(person_set) AS set_types,
    person_set_once AS once, JSONAllPathsWithTypes(person_set_once) AS once_types,
    properties.\`$unset\` AS unset,
    properties.^\`$add\` AS add, properties.^\`$increment\` AS increment,
    ${textAt('$group_type')} AS group_type, ${textAt('$group_key')} AS group_key,
    properties.^\`$group_set\` AS group_set,
    JSONAllPathsWithTypes(properties.^\`$group_set\`) AS group_set_types
  FROM events
  WHERE ${SAYS_SOMETHING} AND cityHash64(uuid) % {pages:UInt32} = {at:UInt32}`,
  params,
})

/** The store's clock, ms. */
export async function storeNow(store: Pick<QueryStore, 'query'>): Promise<number> {
  const [row] = await store.query<{ now: string }>({
    text: 'SELECT toUnixTimestamp64Milli(now64(3)) AS now',
  })
  return Number(row?.now)
}

/**
 * When anything was last made of events, ms; null when nothing ever was, or when something of it is gone
 * and everything has to be made again.
 */
export async function lastKept(store: Pick<QueryStore, 'query'>): Promise<number | null> {
  const [row] = await store.query<{ links: string; properties: string; overrides: string }>({
    text: `SELECT
      (SELECT toUnixTimestamp64Milli(max(inserted_at)) FROM person_links WHERE kind != 'merge') AS links,
      (SELECT toUnixTimestamp64Milli(max(inserted_at)) FROM actor_properties) AS properties,
      (SELECT count() FROM person_overrides) AS overrides`,
  })
  const [links, properties] = [Number(row?.links ?? 0), Number(row?.properties ?? 0)]
  const isWhole = links > 0 && properties > 0 && Number(row?.overrides ?? 0) > 0
  return isWhole ? Math.max(links, properties) : null
}

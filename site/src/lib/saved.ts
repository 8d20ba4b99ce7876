import type { InsightKind } from '@headwater/schemas/insights/insight'
import type { ApiCall, QueryClient } from './api.ts'
import { QueryError } from './api.ts'

/** What the API keeps in versions, by the path at which it does. */
export const SAVED_PATHS = {
  insight: '/api/insights',
  dashboard: '/api/dashboards',
  annotation: '/api/annotations',
  cohort: '/api/cohorts',
  alert: '/api/alerts',
  subscription: '/api/subscriptions',
} as const
export type SavedNoun = keyof typeof SAVED_PATHS

export const KIND_WORDS: Record<InsightKind, string> = {
  trends: 'Trend',
  funnel: 'Funnel',
  funnel_time: 'Time to convert',
  funnel_trend: 'Conversion over time',
  funnel_correlation: 'Correlation',
  retention: 'Retention',
  paths: 'Paths',
  stickiness: 'Stickiness',
  lifecycle: 'Lifecycle',
  web_overview: 'Web overview',
}

/** One page of a list. */
export interface Listed<Item> {
  items: Item[]
  /** Null on the last one. */
  next: string | null
}

/** One state that something had; `item` is its body. */
export interface PastVersion<Body> {
  version: number
  changed_at: string
  deleted: boolean
  item: Body
}

/** As long as the API makes one page. */
export const LIST_LIMIT = 200

type Params = Record<string, string | number | undefined>

/** The path of a list, with its parameters. */
export function listPath(noun: SavedNoun, project: string, params: Params = {}): string {
  return `${SAVED_PATHS[noun]}?${query({ project, limit: LIST_LIMIT, ...params })}`
}

/** The path of one, or of what can be done to it. */
export function itemPath(
  noun: SavedNoun,
  project: string,
  id: string,
  action?: 'history' | 'restore' | 'snooze' | 'test' | 'deliveries',
): string {
  return `${SAVED_PATHS[noun]}/${id}${action ? `/${action}` : ''}?${query({ project })}`
}

/** A new one. */
export const creation = (noun: SavedNoun, project: string, body: object): ApiCall => ({
  method: 'POST',
  path: `${SAVED_PATHS[noun]}?${query({ project })}`,
  body,
})

/** In place of version `version`; refused when somebody else replaced that meanwhile. */
export const replacement = (
  noun: SavedNoun,
  project: string,
  { id, version }: { id: string; version: number },
  body: object,
): ApiCall => ({ method: 'PUT', path: itemPath(noun, project, id), body: { ...body, version } })

/** Refused when somebody else changed it meanwhile. */
export const deletion = (
  noun: SavedNoun,
  project: string,
  { id, version }: { id: string; version: number },
): ApiCall => ({ method: 'DELETE', path: itemPath(noun, project, id), version })

const TRIES = 5

/**
 * Changes the newest version, whoever made it: what `change` adds is added to theirs. For changes that
 * take nothing away; every other one names the version that its maker saw.
 */
export async function addTo<Item extends { id: string; version: number }>(
  client: Pick<QueryClient, 'call'>,
  noun: SavedNoun,
  project: string,
  id: string,
  change: (item: Item) => object,
): Promise<Item> {
  for (let tried = 1; ; tried++) {
    const item = await client.call<Item>({ method: 'GET', path: itemPath(noun, project, id) }, 'id')
    try {
      return await client.call<Item>(replacement(noun, project, item, change(item)), 'id')
    } catch (error) {
      if (!isConflict(error) || tried === TRIES) throw error
    }
  }
}

/** Whether somebody else saved meanwhile. */
export const isConflict = (error: unknown): boolean =>
  error instanceof QueryError && error.code === 'version_conflict'

function query(params: Params): URLSearchParams {
  const given = Object.entries(params).filter(([, value]) => value !== undefined)
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
}

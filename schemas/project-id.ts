import { MAX_PROJECT_ID_LENGTH } from './limits.ts'

/** A region's name, as configurations and the ids of its projects write it. */
export const REGION_NAME = /^[a-z][a-z0-9-]{0,9}$/

/** What a project is called within its region: the whole id of one that is pinned to none. */
export const PROJECT_NAME = /^[a-z][a-z0-9-]{0,19}$/

/**
 * A project's id: the tenant boundary, part of its write keys, partition keys and every row. One that is
 * pinned begins with its region and a dot, which no other id has: whoever holds a key or a record knows
 * where it belongs, and no configuration can make an id mean another region.
 */
export const PROJECT_ID = /^([a-z][a-z0-9-]{0,9}\.)?[a-z][a-z0-9-]{0,19}$/

export function isProjectId(text: string): boolean {
  return text.length <= MAX_PROJECT_ID_LENGTH && PROJECT_ID.test(text)
}

/** The region that a project is pinned to; null: it belongs to the default region. */
export function regionOf(projectId: string): string | null {
  const end = projectId.indexOf('.')
  return end === -1 ? null : projectId.slice(0, end)
}

/** The id of a project that is pinned to a region. */
export function pinnedId(region: string, name: string): string {
  return `${region}.${name}`
}

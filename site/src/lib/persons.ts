/** What persons, and the actors behind a number, are known by. */
export interface Known {
  id: string
  distinct_ids: readonly string[]
  properties: Record<string, unknown>
}

/** Properties that say who somebody is, the plainest first. */
const NAMING = ['email', '$email', 'name', '$name', 'username'] as const

/** Ids that an SDK or a browser made: nobody is called so. */
const MADE_UP = /^[0-9a-f]{8}-[0-9a-f]{4}-|^[0-9a-f]{24,}$|^\$device:/i

/** What to call a person: a naming property, else a distinct_id that somebody chose, else any. */
export function personName({ id, distinct_ids, properties }: Known): string {
  for (const property of NAMING) {
    const value = properties[property]
    if (typeof value === 'string' && value.trim() !== '') return value
  }
  return distinct_ids.find((name) => !MADE_UP.test(name)) ?? distinct_ids[0] ?? id
}

/** The page of one person. */
export function personPath(project: string, id: string): string {
  return `/person?${new URLSearchParams({ project, id })}`
}

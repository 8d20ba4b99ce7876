import { isObject, type Json, type JsonObject } from '@headwater/schemas/event'

// How databases write "nothing" into a CSV.
const NOTHING = new Set(['', '\\N', 'NULL', 'null'])

/** A row's value as text; empty when there is none. */
export function textOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value)
  }
  return typeof value === 'string' && !NOTHING.has(value) ? value : ''
}

/** An object, also when it stands in a text as JSON; empty when it is none. */
export function objectOf(value: unknown): JsonObject {
  if (isObject(value)) return value as JsonObject
  if (typeof value !== 'string' || !value.startsWith('{')) return {}
  try {
    const parsed: unknown = JSON.parse(value)
    return isObject(parsed) ? (parsed as JsonObject) : {}
  } catch {
    return {}
  }
}

/** Those that say something: without null, undefined and empty texts. */
export function said(values: Record<string, unknown>): JsonObject {
  const kept: [string, Json][] = []
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue
    if (typeof value === 'string' && NOTHING.has(value)) continue
    kept.push([name, value as Json])
  }
  return Object.fromEntries(kept)
}

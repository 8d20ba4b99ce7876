import { unescapeDots } from '../property.ts'

/** Types of values by their path, as the store has them. */
export type JsonTypes = Record<string, string>

/**
 * An object as it was sent: the store answers integers as text, and writes a dot inside a key so that it
 * is told from a path. Integers that JavaScript cannot hold stay text.
 */
export function restoreJson(
  object: Record<string, unknown>,
  types: JsonTypes,
): Record<string, unknown> {
  return restoreObject(object, types, '')
}

function restoreObject(object: object, types: JsonTypes, parent: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      unescapeDots(key),
      restoreValue(value, types, parent + key),
    ]),
  )
}

function restoreValue(value: unknown, types: JsonTypes, path: string): unknown {
  const type = types[path] ?? ''
  if (Array.isArray(value)) return value.map((item) => restoreItem(item, type))
  if (typeof value === 'object' && value !== null) {
    return restoreObject(value, types, `${path}.`)
  }
  return restoreItem(value, type)
}

// Of an object in a list the store says no types: what it holds stays as it is answered.
function restoreItem(item: unknown, type: string): unknown {
  if (Array.isArray(item)) return item.map((inner) => restoreItem(inner, type))
  if (typeof item !== 'string' || !/Int64/.test(type) || /String/.test(type)) return item
  const number = Number(item)
  return Number.isSafeInteger(number) ? number : item
}

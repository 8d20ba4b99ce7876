// JSON as it comes out of the store's JSON columns, as it was sent.

/** The store's type of what is at each path. */
export type Types = Record<string, string>

/** How the store writes a dot inside a key, given json_type_escape_dots_in_keys. */
export const unescapeDots = (key: string): string => key.replaceAll('%2E', '.')

const INTEGER = /^U?Int\d+$/
const INTEGERS = /^Array\(.*Int64/

/**
 * The JSON text of a value. The store writes integers as text, so that none loses a digit: the type tells
 * which texts are numbers.
 */
export function storedJson(value: unknown, path: string, types: Types): string {
  const type = types[path] ?? ''
  if (typeof value === 'string') return INTEGER.test(type) ? value : JSON.stringify(value)
  if (Array.isArray(value)) {
    const isNumber = (item: unknown) =>
      INTEGERS.test(type) && typeof item === 'string' && /^-?\d+$/.test(item)
    const items = value.map((item) => (isNumber(item) ? item : storedJson(item, '', types)))
    return `[${items.join(',')}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, part]) => {
    const json = storedJson(part, path === '' ? '' : `${path}.${key}`, types)
    return `${JSON.stringify(unescapeDots(key))}:${json}`
  })
  return `{${members.join(',')}}`
}

/** A whole column's object. */
export function storedObject(
  fields: Record<string, unknown>,
  types: Types,
): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]): [string, unknown] => [
    unescapeDots(key),
    JSON.parse(storedJson(value, key, types)),
  ])
  return Object.fromEntries(entries)
}

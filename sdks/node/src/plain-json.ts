import { MAX_PROPERTY_DEPTH } from '@headwater/schemas/limits'

/** What stands where a value contains itself. */
export const CIRCULAR = '[circular]'
/** What stands where reading a value threw an error. */
export const UNREADABLE = '[unreadable]'

/** Thrown for values that are nested more deeply than any event may be. */
export class TooDeepError extends Error {}

/**
 * JSON of whatever an application has: as JSON.stringify, and a BigInt as text, a Map as an object, a Set
 * as an array, an Error as its name and message, bytes as their number. A value that cannot be read costs
 * only itself. Throws a TooDeepError, and nothing else.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(plain(value, '', []))
}

function plain(value: unknown, key: string, within: object[]): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (within.includes(value)) return CIRCULAR
  // Properties lie two levels below: in "properties" of the event.
  if (within.length > MAX_PROPERTY_DEPTH + 2) throw new TooDeepError()
  within.push(value)
  try {
    return plainObject(value, key, within)
  } catch (error) {
    if (error instanceof TooDeepError) throw error
    return UNREADABLE
  } finally {
    within.pop()
  }
}

function plainObject(value: object, key: string, within: object[]): unknown {
  if ('toJSON' in value && typeof value.toJSON === 'function' && !isBytes(value)) {
    return plain(value.toJSON(key), key, within)
  }
  if (Array.isArray(value)) return value.map((item, i) => plain(item, String(i), within))
  if (value instanceof Map) return plainEntries(value, within)
  if (value instanceof Set) return plain([...value], key, within)
  if (value instanceof Error) return { name: value.name, message: value.message }
  if (isBytes(value)) return `[${value.byteLength} bytes]`
  return plainFields(value, within)
}

function plainFields(value: object, within: object[]): object {
  // Without a prototype, "__proto__" is a name like any other.
  const copy = Object.create(null) as Record<string, unknown>
  for (const name of Object.keys(value)) {
    try {
      copy[name] = plain((value as Record<string, unknown>)[name], name, within)
    } catch (error) {
      if (error instanceof TooDeepError) throw error
      copy[name] = UNREADABLE
    }
  }
  return copy
}

function plainEntries(map: Map<unknown, unknown>, within: object[]): object {
  const copy = Object.create(null) as Record<string, unknown>
  for (const [name, value] of map) copy[String(name)] = plain(value, String(name), within)
  return copy
}

function isBytes(value: object): value is ArrayBuffer | ArrayBufferView {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
}

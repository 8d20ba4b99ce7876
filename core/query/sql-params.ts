/** What a bound value is to the store. An Identifier is a name, and never becomes SQL text. */
export type ParamType =
  | 'String'
  | 'Int64'
  | 'Float64'
  | 'UInt32'
  | 'Identifier'
  | 'Array(String)'
  | 'Array(UUID)'
  | 'Array(UInt64)'
  | 'Array(Int64)'
  | 'Array(Float64)'

/** Collects the values of one statement, and gives each its placeholder. */
export class SqlParams {
  readonly values: Record<string, unknown> = {}
  #count = 0

  /** The placeholder to write where the value belongs. */
  add(type: ParamType, value: string | number | readonly (string | number)[]): string {
    const name = `p${this.#count++}`
    this.values[name] = /Float64|UInt64/.test(type) ? numberText(value) : value
    return `{${name}:${type}}`
  }
}

// Clients refuse integers above 2^53 although the store holds them: hand over their text.
function numberText(value: string | number | readonly (string | number)[]): string {
  return Array.isArray(value) ? `[${value.map(String).join(',')}]` : String(value)
}

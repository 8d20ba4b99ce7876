/** JSON of an object whose fields may be missing; `{}` for anything else, since others can write there too. */
export function parseObject<Value>(text: string | null): Partial<Value> {
  try {
    const value: unknown = JSON.parse(text || '')
    return Object(value) === value ? (value as Partial<Value>) : {}
  } catch {
    return {}
  }
}

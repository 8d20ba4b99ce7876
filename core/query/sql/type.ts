import type { Cursor } from './cursor.ts'
import { NESTED_TYPES, SCALAR_TYPES } from './vocabulary.ts'

/** Reads a type such as Nullable(Float64). Throws a QueryRefusal when it is none that can be had. */
export function readType(cursor: Cursor): string {
  const name = cursor.next().text
  const isNested = NESTED_TYPES.has(name)
  if (!isNested && !SCALAR_TYPES.has(name)) {
    throw cursor.refuse(`has ${JSON.stringify(name.slice(0, 40))} where a type was expected`)
  }
  if (!cursor.takeSymbol('(')) return name
  const inner = cursor.nested(() =>
    cursor.list(() => (isNested ? readType(cursor) : readTypeArgument(cursor))),
  )
  cursor.expectSymbol(')')
  return `${name}(${inner.join(', ')})`
}

/** A precision, or a time zone. */
function readTypeArgument(cursor: Cursor): string {
  const { kind, text } = cursor.next()
  if (kind === 'number' && /^\d{1,3}$/.test(text)) return text
  if (kind === 'string' && /^[\w/+-]{1,64}$/.test(text)) return `'${text}'`
  throw cursor.refuse('has a type whose argument is not valid')
}

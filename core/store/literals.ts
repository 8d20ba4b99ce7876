import type { Query } from './store.ts'

/**
 * SQL with its values as literals, for a client that can bind them only where other queries wait for
 * it. A value cannot end its quotes: of what it holds only letters, digits and a few signs stand for
 * themselves, every other byte is written as its number. Throws when a type is not known.
 */
export function withLiterals({ text, params = {} }: Query): string {
  return text.replace(/\{(\w+):(\w+(?:\(\w+\))?)\}/g, (_, name: string, type: string) => {
    if (!Object.hasOwn(params, name)) throw new Error(`no value for ${name}`)
    return literalOf(type, params[name])
  })
}

function literalOf(type: string, value: unknown): string {
  const [, element] = /^Array\((\w+)\)$/.exec(type) ?? []
  if (element) {
    // Numbers above 2^53 come as the text of their list.
    const items = typeof value === 'string' ? value.slice(1, -1).split(',').filter(Boolean) : value
    if (!Array.isArray(items)) throw new Error(`no list for ${type}`)
    return `CAST([${items.map((item) => literalOf(element, item)).join(',')}], '${type}')`
  }
  switch (type) {
    case 'String':
      return `'${escaped(String(value))}'`
    case 'UUID':
      return `toUUID('${escaped(String(value))}')`
    case 'Identifier':
      return `\`${escaped(String(value))}\``
    case 'Int64':
    case 'UInt64':
    case 'UInt32':
    case 'Float64':
      return `to${type}('${escaped(String(value))}')`
    default:
      throw new Error(`core/store/literals.ts does not know the type ${type}`)
  }
}

function escaped(text: string): string {
  let result = ''
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte)
    result += /[\w .,:/@$-]/.test(char) ? char : `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return result
}

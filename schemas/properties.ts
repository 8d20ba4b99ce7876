import { MAX_PROPERTY_DEPTH, MAX_PROPERTY_KEYS } from './limits.ts'

export type PropertyLimitBreach = 'too_deep' | 'too_many_keys'

/**
 * Walks parsed JSON once, without recursion: finds what is over the limits, and mends in place what
 * the store would refuse a whole insert for (lone surrogates, numbers beyond a double).
 */
export function inspectProperties(roots: readonly unknown[]): PropertyLimitBreach | null {
  let keys = 0
  const stack: { node: object; depth: number }[] = []
  for (const root of roots) {
    if (typeof root === 'object' && root !== null) stack.push({ node: root, depth: 1 })
  }
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, depth } = next
    if (depth > MAX_PROPERTY_DEPTH) return 'too_deep'
    if (Array.isArray(node)) {
      for (let i = 0; i < node.length; i++) {
        const value = node[i]
        if (typeof value === 'object' && value !== null)
          stack.push({ node: value, depth: depth + 1 })
        else node[i] = mendScalar(value)
      }
      continue
    }
    const object = node as Record<string, unknown>
    for (const key of Object.keys(object)) {
      if (++keys > MAX_PROPERTY_KEYS) return 'too_many_keys'
      const value = object[key]
      const goodKey = key.isWellFormed() ? key : key.toWellFormed()
      if (goodKey !== key) delete object[key]
      if (typeof value === 'object' && value !== null) {
        stack.push({ node: value, depth: depth + 1 })
        if (goodKey !== key) define(object, goodKey, value)
      } else {
        const mended = mendScalar(value)
        if (mended !== value || goodKey !== key) define(object, goodKey, mended)
      }
    }
  }
  return null
}

function mendScalar(value: unknown): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed()
  // JSON.parse reads 1e400 as Infinity, which JSON.stringify would turn into null: keep it readable.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value
}

// Plain assignment to "__proto__" would change the prototype and lose the sender's value.
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

/** The items of a JSON document's array `batch`, each byte for byte as it was sent. The text must be JSON. */
export function batchItems(text: string): string[] {
  const items: string[] = []
  let depth = 0
  let itemStart = -1
  let isBatch = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    if (character === '"') {
      const end = endOfString(text, at)
      if (depth === 1 && /^"batch"\s*:$/.test(text.slice(at, text.indexOf(':', end) + 1))) {
        isBatch = true
      }
      at = end
    } else if (character === '[' || character === '{') {
      depth++
      if (isBatch && depth === 2) itemStart = at + 1
    } else if (character === ']' || character === '}') {
      if (isBatch && depth === 2) {
        const last = text.slice(itemStart, at).trim()
        return last === '' ? items : [...items, last]
      }
      depth--
    } else if (character === ',' && isBatch && depth === 2) {
      items.push(text.slice(itemStart, at).trim())
      itemStart = at + 1
    }
  }
  return items
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

// For tests: what is known of a person, by replaying what was said of it.

/** What one event says of one property. */
export interface Saying {
  timestamp: number
  uuid: string
  kind: 'set' | 'once' | 'unset' | 'add'
  value: string | number | boolean | null
}

/** The property's text, '' when there is none; of sayings in any order. */
export function foldPlainly(sayings: readonly Saying[]): string {
  const ordered = [...sayings].sort(
    (a, b) => a.timestamp - b.timestamp || (a.uuid.slice(-5) < b.uuid.slice(-5) ? -1 : 1),
  )
  const decided = ordered.findLastIndex(({ kind }) => kind === 'set' || kind === 'unset')
  const since = ordered.slice(decided + 1)
  const base = baseOf(ordered, decided)
  const added = since.filter(({ kind }) => kind === 'add').map(({ value }) => Number(value))
  if (added.length === 0) return textOf(base)
  const start = base === undefined ? 0 : typeof base === 'number' ? base : numberIn(base)
  return start === null ? textOf(base) : String(added.reduce((sum, n) => sum + n, start))
}

function baseOf(ordered: readonly Saying[], decided: number): Saying['value'] | undefined {
  const last = ordered[decided]
  if (last?.kind === 'set') return last.value
  const onces = ordered.filter(({ kind }) => kind === 'once')
  const since = ordered.slice(decided + 1).filter(({ kind }) => kind === 'once')
  return since.length === onces.length ? since[0]?.value : since.at(-1)?.value
}

const textOf = (value: Saying['value'] | undefined): string => String(value ?? '')

// Text is no number to add to, whatever it holds.
const numberIn = (_: Saying['value']): null => null

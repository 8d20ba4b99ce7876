/** One captured event. Its JSON is made once: every attempt to send it has the same bytes. */
export interface Entry {
  json: string
  /** The uuid within it, where it is known without reading it. */
  uuid?: string
}

/** Where the sender takes events from. It holds each until it is told to forget it. */
export interface EventSource<Held extends Entry> {
  /** The oldest entries that are not in `except`, together below the limits, but at least one. */
  next(maxEvents: number, maxBytes: number, except: ReadonlySet<Held>): Held[]
  /** Forgets what was answered. */
  remove(entries: readonly Held[]): void
  size(): number
}

/**
 * The first entries of a list for one batch: at most `maxEvents`, together at most `maxBytes` of UTF-8,
 * but at least one, without those in `except`.
 */
export function firstOf<Held extends Entry>(
  entries: Iterable<Held>,
  maxEvents: number,
  maxBytes: number,
  except: ReadonlySet<Held>,
): Held[] {
  const batch: Held[] = []
  let bytes = 0
  for (const entry of entries) {
    if (except.has(entry)) continue
    bytes += sizeOf(entry.json) + 1
    if (batch.length >= maxEvents || (batch.length > 0 && bytes > maxBytes)) break
    batch.push(entry)
  }
  return batch
}

/** Bytes of a text in UTF-8. */
export function sizeOf(text: string): number {
  return new Blob([text]).size
}

import { nameUuid } from './name-uuid.ts'
import type { TimelessEvent } from './source.ts'

/** Beyond it the pairs seen longest ago are told again, which changes nothing but costs an event. */
const MAX_PAIRS = 500_000

/**
 * Makes the `$identify` events that an export does not have: of its rows that name an anonymous id and a
 * known one, the first of each pair tells it. Remembers pairs of one file only, so that what a file comes
 * to does not depend on what was imported before it.
 */
export class LinkedIds {
  readonly #seen = new Set<string>()
  readonly #source: string

  constructor(source: string) {
    this.#source = source
  }

  /** The event that links, or none when the file has told of it. `of` is the event of the row. */
  link(of: TimelessEvent, knownId: string, anonymousId: string): TimelessEvent | null {
    if (knownId === '' || anonymousId === '' || knownId === anonymousId) return null
    const pair = JSON.stringify([anonymousId, knownId])
    if (this.#seen.has(pair)) return null
    if (this.#seen.size >= MAX_PAIRS) this.#seen.delete(this.#seen.values().next().value ?? '')
    this.#seen.add(pair)
    return {
      uuid: nameUuid(this.#source, 'identify', of.uuid),
      event: '$identify',
      distinct_id: knownId,
      timestamp: of.timestamp,
      properties: { $anon_distinct_id: anonymousId },
    }
  }
}

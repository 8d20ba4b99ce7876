import type { Query } from '../store/store.ts'
import { type EventsRead, type ReadSql, readSql, readValues, together } from './events-read.ts'
import { SqlParams } from './sql-params.ts'

/** One statement in the making, about one project: whatever is looked up for it is that project's. */
export class Statement extends SqlParams {
  readonly project: string
  readonly #texts = new Map<string, string>()
  /** What it reads, each part apart from the others, and which of them say something of sessions. */
  readonly #reads: (EventsRead | null)[] = [null]
  readonly #asked = new Set<number>()
  #place = 0

  constructor(project: string) {
    super()
    this.project = project
    // What looks the project's persons up names it itself.
    this.values.project = project
  }

  /** SQL that was made before under this key: the same text with the same placeholders. */
  once(key: string, make: () => string): string {
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const text = make()
    this.#texts.set(key, text)
    return text
  }

  /** Takes note of events that are read: what is asked of sessions is asked of those with such events. */
  reads(read: EventsRead): void {
    const before = this.#reads[this.#place] ?? null
    this.#reads[this.#place] = before ? together(before, read) : read
  }

  /** Makes SQL whose events are read apart from all others of the statement. */
  apart<Made>(make: () => Made): Made {
    const outer = this.#place
    this.#place = this.#reads.push(null) - 1
    try {
      return make()
    } finally {
      this.#place = outer
    }
  }

  /** SQL of everything that is read here, also by what is still to be made. */
  get read(): ReadSql {
    this.#asked.add(this.#place)
    return readSql(this.#place)
  }

  query(text: string): Query {
    const values = [...this.#asked].map((place) => readValues(place, this.#reads[place] ?? null))
    return { text, params: Object.assign({}, this.values, ...values) }
  }
}

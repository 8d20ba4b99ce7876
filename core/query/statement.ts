import type { Query } from '../store/store.ts'
import { SqlParams } from './sql-params.ts'

/** One statement in the making, about one project: whatever is looked up for it is that project's. */
export class Statement extends SqlParams {
  readonly project: string
  readonly #texts = new Map<string, string>()

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

  query(text: string): Query {
    return { text, params: this.values }
  }
}

import type { Query } from '../store/store.ts'
import { SqlParams } from './sql-params.ts'

/** One statement in the making, about one project: whatever is looked up for it is that project's. */
export class Statement extends SqlParams {
  readonly project: string

  constructor(project: string) {
    super()
    this.project = project
    // What looks the project's persons up names it itself.
    this.values.project = project
  }

  query(text: string): Query {
    return { text, params: this.values }
  }
}

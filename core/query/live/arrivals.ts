import type { LiveEvents } from '@headwater/schemas/insights/live'
import type { Query } from '../../store/store.ts'
import {
  compileArrived,
  compileArrivedCount,
  type LiveRow,
  MAX_POLLED,
  OVERLAP_MS,
  shapeArrived,
} from './live-sql.ts'

/** Events of one message. */
export const MAX_SHOWN = 50
/** Events of the first message. */
export const MAX_BACKLOG = 20

export type Ask = <Row>(query: Query) => Promise<Row[]>

/** What arrives in a project, from one poll to the next: each event once. */
export class Arrivals {
  readonly #project: string
  /** The latest time of insertion that was seen, ms; null while none was. */
  #seenUntil: number | null = null
  #isFirst = true
  /** Those of the overlap, with their time of insertion, so that they are not shown again. */
  #recent = new Map<string, number>()

  constructor(project: string) {
    this.#project = project
  }

  /** What arrived since the last poll; the first one gives the last few that there are. */
  async poll(ask: Ask): Promise<LiveEvents> {
    const since = this.#seenUntil
    const rows = await ask<LiveRow>(compileArrived(this.#project, since))
    const fresh = rows.filter(({ uuid }) => !this.#recent.has(uuid))
    const newest = Number(rows[0]?.inserted ?? since ?? 0)
    // More than could be read: how many there were is counted, what was read is shown in part.
    const arrived =
      since !== null && rows.length === MAX_POLLED
        ? Math.max(fresh.length, await this.#count(ask, since, newest))
        : fresh.length
    const shown = fresh.slice(0, this.#isFirst ? MAX_BACKLOG : MAX_SHOWN)
    const not_shown = this.#isFirst ? 0 : arrived - shown.length
    this.#remember(rows, newest)
    return { events: shown.map(shapeArrived), not_shown }
  }

  async #count(ask: Ask, after: number, until: number): Promise<number> {
    const [row] = await ask<{ n: string }>(compileArrivedCount(this.#project, after, until))
    return Number(row?.n ?? 0)
  }

  #remember(rows: readonly LiveRow[], newest: number): void {
    this.#isFirst = false
    if (rows.length > 0) this.#seenUntil = newest
    for (const { uuid, inserted } of rows) this.#recent.set(uuid, Number(inserted))
    for (const [uuid, inserted] of this.#recent) {
      if (inserted < newest - OVERLAP_MS) this.#recent.delete(uuid)
    }
  }
}

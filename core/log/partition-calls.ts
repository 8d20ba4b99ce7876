import type { PartitionHandler, StoredRecord } from './log.ts'
import { retryUntil } from './retry.ts'

/** Where a group stands in a partition: what its members leave in the log for one another. */
export interface Standing {
  /** Every record before this offset was handled. */
  next: number
  /** The records from `next` up to before this offset were given out in one call; null: none are. */
  planned: number | null
  /** When the log took the last record that was handled, ms since 1970; null when not known. */
  lastAppendedAt: number | null
}

export interface PartitionCallsDeps {
  partition: number
  handler: PartitionHandler
  /** What the members before this one left behind; null when there was none. */
  standing: Standing | null
  /** Keeps a standing for the next member. Rejects when the partition is not ours any more. */
  keep(standing: Standing): Promise<void>
  maxRecords: number
}

/**
 * Gives one partition's records to the group's handler, in calls whose bounds are kept before the
 * call is made. So whoever takes the partition over repeats an unfinished call with exactly its
 * records, and a store that knows the call by its bounds takes it once, even from both members.
 */
export class PartitionCalls {
  readonly #deps: PartitionCallsDeps
  /** What other members handled already, and the call that one of them began: not ours to change. */
  #inherited: Pick<Standing, 'next' | 'planned'> | null
  #held: StoredRecord[] = []
  #lastAppendedAt: number | null

  constructor(deps: PartitionCallsDeps) {
    this.#deps = deps
    this.#inherited = deps.standing
    this.#lastAppendedAt = deps.standing?.lastAppendedAt ?? null
  }

  /** Tells the handler; resolves with the offset to read from, or null when `signal` ended the wait. */
  start(signal: AbortSignal): Promise<number | null> {
    const { handler, partition, standing } = this.#deps
    return retryUntil(signal, () => handler.assigned(partition, standing?.next ?? null))
  }

  /**
   * Hands over the records that follow those before; resolves with whether all were handled. False:
   * `signal` ended it, and the rest is for the next member. Rejects when a standing cannot be kept.
   */
  async give(records: readonly StoredRecord[], signal: AbortSignal): Promise<boolean> {
    this.#held.push(...records)
    if (!(await this.#giveInherited(signal))) return false
    // What follows an unfinished call waits until that one is whole.
    while (this.#held.length > 0 && !this.#inherited) {
      const call = this.#held.slice(0, this.#deps.maxRecords)
      await this.#plan(call)
      if (!(await this.#handle(call, signal))) return false
      await this.#keepHandled(call)
      this.#held.splice(0, call.length)
    }
    return true
  }

  async #giveInherited(signal: AbortSignal): Promise<boolean> {
    if (!this.#inherited) return true
    const { next, planned } = this.#inherited
    // A store that knows less than was handled sees it again; the standing stays what it is.
    for (let again = this.#before(next); again.length > 0; again = this.#before(next)) {
      if (!(await this.#handle(again, signal))) return false
      this.#held.splice(0, again.length)
    }
    const last = this.#held.at(-1)
    if (!last) return true
    if (planned !== null) {
      if (last.offset < planned - 1) return true
      const call = this.#held.filter(({ offset }) => offset < planned)
      if (call.length > 0) {
        if (!(await this.#handle(call, signal))) return false
        await this.#keepHandled(call)
        this.#held.splice(0, call.length)
      }
    }
    this.#inherited = null
    return true
  }

  #before(end: number): StoredRecord[] {
    return this.#held.filter(({ offset }) => offset < end).slice(0, this.#deps.maxRecords)
  }

  async #plan(records: readonly StoredRecord[]): Promise<void> {
    const [first, last] = [records[0], records.at(-1)]
    if (!first || !last) return
    const lastAppendedAt = this.#lastAppendedAt
    await this.#deps.keep({ next: first.offset, planned: last.offset + 1, lastAppendedAt })
  }

  async #handle(records: readonly StoredRecord[], signal: AbortSignal): Promise<boolean> {
    const { handler, partition } = this.#deps
    // The handler has reported its own failure; the same is asked of it again, later.
    const handled = () => handler.handle(partition, records, signal).then(() => true)
    return (await retryUntil(signal, handled)) ?? false
  }

  async #keepHandled(records: readonly StoredRecord[]): Promise<void> {
    const last = records.at(-1)
    if (!last) return
    this.#lastAppendedAt = last.appendedAt
    await this.#deps.keep({ next: last.offset + 1, planned: null, lastAppendedAt: last.appendedAt })
  }
}

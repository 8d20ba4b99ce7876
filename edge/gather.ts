/** Keeps work alive after the request that began it has ended, even when its client hung up. */
export type KeepAlive = (work: Promise<unknown>) => void

/** One request's place in a group: what it brought, and how it hears of the outcome. */
export interface Place<Item, Outcome> {
  readonly item: Item
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

/** Settles every place of a group; what it leaves unsettled when it throws is rejected with the error. */
export type GroupWork<Item, Outcome> = (places: readonly Place<Item, Outcome>[]) => Promise<void>

/** Requests that are on the wire already join a group that waits this long before it starts. */
const GATHER_MS = 1
const DEFAULT_HOLD_MS = 20
/** A group of which nothing was heard for this long is taken for dead: its leader's request was ended. */
const STALL_MS = 10_000
/** A group that has grown to this size is closed. */
const MAX_GROUP_BYTES = 1024 * 1024

interface Group<Item, Outcome> {
  places: Place<Item, Outcome>[]
  bytes: number
}

/**
 * Lets requests that reach an isolate together be worked on together: while a group is under way the
 * next requests gather, and the first of them leads the next group. The work runs in the leader's
 * context, so it is kept alive beyond the leader's own end.
 */
export class Gathering<Item, Outcome> {
  #open: Group<Item, Outcome> | null = null
  #underWay = 0
  #movedAt = 0
  readonly #turns: (() => void)[] = []
  readonly #holdMs: number

  /** A group waits for the one before it no longer than holdMs: one slow shard holds up nobody else. */
  constructor(holdMs: number = DEFAULT_HOLD_MS) {
    this.#holdMs = holdMs
  }

  /**
   * Resolves or rejects as the item's place in its group does. The caller must have a timer of its own:
   * workerd takes a request that waits only for another one's promise to have hung.
   */
  join(
    item: Item,
    bytes: number,
    work: GroupWork<Item, Outcome>,
    keepAlive: KeepAlive,
  ): Promise<Outcome> {
    // Not `new Promise`: once that is compiled to machine code, workerd's promise no longer knows whose
    // request made it, and goes on in the leader's context, where it may not answer. Found by load.
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    const place = { item, resolve, reject }
    const group = this.#open
    if (group && group.bytes + bytes <= MAX_GROUP_BYTES) {
      group.places.push(place)
      group.bytes += bytes
    } else {
      // The place is in the group before it is led: a free line starts at once.
      keepAlive(this.#lead({ places: [place], bytes }, work))
    }
    return promise
  }

  async #lead(group: Group<Item, Outcome>, work: GroupWork<Item, Outcome>): Promise<void> {
    this.#open = group
    if (this.#isBusy()) await this.#turn()
    if (this.#open === group) this.#open = null
    this.#underWay++
    this.#movedAt = Date.now()
    try {
      await work(group.places)
    } catch (error) {
      for (const { reject } of group.places) reject(error)
    } finally {
      this.#underWay = Math.max(0, this.#underWay - 1)
      this.#turns.shift()?.()
    }
  }

  #isBusy(): boolean {
    if (this.#underWay > 0 && Date.now() - this.#movedAt > STALL_MS) this.#underWay = 0
    return this.#underWay > 0
  }

  /** Waits until a group has ended, or for as long as one may hold up another. */
  async #turn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turns.push(resolve)
    // The leader's own timer: the group before it may never end.
    const timer = setTimeout(resolve, this.#holdMs)
    await promise
    clearTimeout(timer)
    const left = this.#turns.indexOf(resolve)
    if (left !== -1) this.#turns.splice(left, 1)
    await new Promise((waited) => setTimeout(waited, GATHER_MS))
  }
}

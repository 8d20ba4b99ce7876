/** Where a shard stands in a partition: its first copies arrive in increasing (seq, idx). */
export interface Mark {
  seq: number
  idx: number
}

/** The last mark of every shard of one partition: whatever is not greater is a repeat. */
export class Fence {
  #last: Map<string, Mark>

  constructor(last: Iterable<readonly [string, Mark]> = []) {
    this.#last = new Map(last)
  }

  isRepeat(shard: string, { seq, idx }: Mark): boolean {
    const last = this.#last.get(shard)
    return last !== undefined && (seq < last.seq || (seq === last.seq && idx <= last.idx))
  }

  /** Never goes back. */
  pass(shard: string, mark: Mark): void {
    if (this.isRepeat(shard, mark)) return
    this.#last.set(shard, { seq: mark.seq, idx: mark.idx })
  }

  /** A draft to judge one call's records on; the fence itself moves only when they are stored. */
  copy(): Fence {
    return new Fence(this.#last)
  }
}

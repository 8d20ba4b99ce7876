/** The most recent uuids of one partition, per project: catches a sender's own retry. */
export class UuidWindow {
  #capacity: number
  #young = new Set<string>()
  #old = new Set<string>()

  /** @param capacity uuids remembered at the least; up to twice as many are */
  constructor(capacity: number, recent: Iterable<string> = []) {
    this.#capacity = capacity
    for (const key of recent) this.add(key)
  }

  static key(project: string, uuid: string): string {
    return `${project}:${uuid}`
  }

  /** For an event that became a dead letter: a copy of it is skipped, its replay is not. */
  static deadKey(project: string, uuid: string): string {
    return `dead ${project}:${uuid}`
  }

  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key)
  }

  // Two generations: dropping the whole old one is cheaper than finding the single oldest uuid.
  add(key: string): void {
    this.#young.add(key)
    if (this.#young.size < this.#capacity) return
    this.#old = this.#young
    this.#young = new Set()
  }
}

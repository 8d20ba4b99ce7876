const DEFAULT_MAX_WEIGHT = 500_000

interface Entry<T> {
  value: T
  weight: number
}

/** Keeps the answers asked for last, up to a total weight. */
export class AnswerCache<T> {
  #entries = new Map<string, Entry<T>>()
  #weight = 0
  readonly #maxWeight: number

  /** @param maxWeight Sum of the weights kept. @default 500_000 */
  constructor(maxWeight = DEFAULT_MAX_WEIGHT) {
    this.#maxWeight = maxWeight
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    // A Map keeps the order of insertion: the oldest use comes first.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  set(key: string, value: T, weight: number): void {
    this.#remove(key)
    if (weight > this.#maxWeight) return
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#maxWeight) break
      this.#remove(oldest)
    }
  }

  #remove(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0
    this.#entries.delete(key)
  }
}

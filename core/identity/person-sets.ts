/**
 * Sets of distinct_ids that are one person each: a union-find forest. Joining a hundred thousand in a
 * chain, a star or a circle takes time in proportion to their number.
 */
export class PersonSets {
  readonly #numbers = new Map<string, number>()
  readonly #names: string[] = []
  readonly #parents: number[] = []
  readonly #sizes: number[] = []
  /** Of each set, the distinct_id after which it is called. */
  readonly #canonicals: number[] = []
  readonly #identified: boolean[] = []
  /** How often a set's place in the forest was looked at. */
  steps = 0

  /** The set of a distinct_id; one of its own when it is new. */
  find(id: string): number {
    return this.#rootOf(this.#numbers.get(id) ?? this.#add(id))
  }

  /** Makes two sets one, called as the second was. Returns it. */
  join(from: number, to: number): number {
    if (from === to) return to
    const isLarger = (this.#sizes[from] ?? 0) > (this.#sizes[to] ?? 0)
    const [root, child] = isLarger ? [from, to] : [to, from]
    this.#canonicals[root] = this.#canonicals[to] ?? to
    this.#identified[root] = this.isIdentified(from) || this.isIdentified(to)
    this.#sizes[root] = (this.#sizes[root] ?? 0) + (this.#sizes[child] ?? 0)
    this.#parents[child] = root
    return root
  }

  /** Whether the person is known by an id that somebody gave it. */
  isIdentified(set: number): boolean {
    return this.#identified[set] ?? false
  }

  identify(set: number): void {
    this.#identified[set] = true
  }

  canonicalOf(set: number): string {
    return this.#names[this.#canonicals[set] ?? set] ?? ''
  }

  ids(): Iterable<string> {
    return this.#numbers.keys()
  }

  #add(id: string): number {
    const number = this.#names.length
    this.#numbers.set(id, number)
    this.#names.push(id)
    this.#parents.push(number)
    this.#sizes.push(1)
    this.#canonicals.push(number)
    this.#identified.push(false)
    return number
  }

  // Halves the path on the way, so that the next way is shorter.
  #rootOf(number: number): number {
    let at = number
    for (;;) {
      this.steps++
      const parent = this.#parents[at] ?? at
      if (parent === at) return at
      const grandparent = this.#parents[parent] ?? parent
      this.#parents[at] = grandparent
      at = grandparent
    }
  }
}

import { type Random, seededRandom } from '../../../infra/random.ts'

/**
 * A virtual machine room: every asynchronous step of the simulation waits here, and the seed decides
 * whose turn is next. One step runs at a time, so a seed is a whole history.
 */
export class World {
  readonly random: Random
  /** Virtual time, ms since 1970; moves by itself a little with every step. */
  now = Date.UTC(2026, 0, 31, 23, 59, 0)
  /** No more faults from here on: what is under way comes to its end. */
  calm = false
  #waiting: (() => void)[] = []
  #busy = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  /** Waits for a turn. */
  step(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Waits for some turns: a delay, as others see it. */
  async steps(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.step()
  }

  /** True with this probability while faults are on. */
  fault(probability: number): boolean {
    return !this.calm && this.random.next() < probability
  }

  /** Lets real asynchronous work (cryptography) end before the next turn is given. */
  async outside<Value>(work: Promise<Value>): Promise<Value> {
    this.#busy++
    try {
      return await work
    } finally {
      this.#busy--
    }
  }

  /** Inside such work: hands the turn back while waiting. */
  async stepOutside(): Promise<void> {
    this.#busy--
    await this.step()
    this.#busy++
  }

  /** Gives turns until `done`; throws when nobody waits for one, or after too many. */
  async run(done: () => boolean, maxTurns: number): Promise<void> {
    for (let turn = 0; turn < maxTurns; turn++) {
      await this.#settle()
      if (done()) return
      const index = this.random.int(0, this.#waiting.length - 1)
      const [next] = this.#waiting.splice(index, 1)
      if (!next) throw new Error('the simulation stands still')
      this.now += this.random.int(1, 2_000)
      next()
    }
    throw new Error(`not done after ${maxTurns} turns`)
  }

  async #settle(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve))
    } while (this.#busy > 0)
  }
}

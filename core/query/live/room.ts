import type { LiveActive, LiveEvents } from '@headwater/schemas/insights/live'
import { Arrivals, type Ask, MAX_BACKLOG } from './arrivals.ts'
import { ACTIVE_MINUTES, compileActive } from './live-sql.ts'

export interface RoomTimes {
  /** Between two looks for new events. */
  pollMs: number
  /** Between two counts of who is there. */
  activeMs: number
}
/** A store that fails is asked less often. */
const RETRY_FACTOR = 5

/** One who watches: takes what fits, and is never waited for. */
export interface Watcher {
  send(event: string, data: object): void
}

/** Those who watch one project. They share one look at the store, and without them nobody looks. */
export class Room {
  readonly #project: string
  readonly #ask: Ask
  readonly #times: RoomTimes
  readonly #watchers = new Set<Watcher>()
  #arrivals: Arrivals
  /** The last few events, the newest first; null before the first look. */
  #recent: LiveEvents['events'] | null = null
  #active: LiveActive | null = null
  #activeAt = Number.NEGATIVE_INFINITY
  #isRunning = false

  constructor(project: string, ask: Ask, times: RoomTimes) {
    this.#project = project
    this.#ask = ask
    this.#times = times
    this.#arrivals = new Arrivals(project)
  }

  get size(): number {
    return this.#watchers.size
  }

  enter(watcher: Watcher): void {
    this.#watchers.add(watcher)
    if (this.#recent) watcher.send('events', { events: this.#recent, not_shown: 0 })
    if (this.#active) watcher.send('active', this.#active)
    if (this.#isRunning) return
    this.#isRunning = true
    // Who comes after a pause sees what is there now, not what was missed.
    this.#arrivals = new Arrivals(this.#project)
    this.#activeAt = Number.NEGATIVE_INFINITY
    void this.#look()
  }

  leave(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  async #look(): Promise<void> {
    if (this.#watchers.size === 0) {
      this.#isRunning = false
      this.#recent = null
      this.#active = null
      return
    }
    let waitMs = this.#times.pollMs
    try {
      const arrived = await this.#arrivals.poll(this.#ask)
      // The first message says what is there, also when that is nothing.
      const isFirst = this.#recent === null
      this.#recent = [...arrived.events, ...(this.#recent ?? [])].slice(0, MAX_BACKLOG)
      if (isFirst || arrived.events.length > 0 || arrived.not_shown > 0) {
        this.#tell('events', arrived)
      }
      await this.#countActive()
    } catch {
      // The store's own faults are told where it is asked for numbers.
      waitMs *= RETRY_FACTOR
      this.#tell('unavailable', {})
    }
    setTimeout(() => void this.#look(), waitMs).unref()
  }

  async #countActive(): Promise<void> {
    const now = performance.now()
    if (now - this.#activeAt < this.#times.activeMs) return
    this.#activeAt = now
    const [row] = await this.#ask<{ visitors: string }>(compileActive(this.#project))
    this.#active = { visitors: Number(row?.visitors ?? 0), minutes: ACTIVE_MINUTES }
    this.#tell('active', this.#active)
  }

  #tell(event: string, data: object): void {
    for (const watcher of this.#watchers) watcher.send(event, data)
  }
}

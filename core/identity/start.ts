// Beside stage 5 of 8: identity. In: what events in the store say of persons. Out: who is who, and what
// is known of them. Everything but what was done by hand can be made of the events again.
import type { FreshnessSource } from '../consumer/freshness.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { QueryStore } from '../store/store.ts'
import { type IdentityStore, type Kept, keep, settleMerges } from './keeper.ts'
import { keepProgress } from './progress.ts'
import { RecentEvents } from './recent-events.ts'
import { lastKept, PAGE, storeNow, sweep } from './sweep.ts'

const PAUSE_MS = 1_000
/** Between two tries of a store that is away, at most. */
const LAST_RETRY_MS = 10_000
/** Of the time, a round may take so much; a heavy one is followed by a long pause. */
const MAX_SHARE = 0.25
/** An insert may become visible so long after the time that its rows bear. */
const OVERLAP_MS = 5_000
/** Now and then far more is read again, in case that something took even longer. */
const WIDE_OVERLAP_MS = 600_000
const WIDE_EVERY_MS = 60_000
/** What a stopped process may have left undone. */
const RESUME_MS = 3_600_000
const MIN_PAGE = 50

export interface IdentityDeps {
  store: IdentityStore & Pick<QueryStore, 'dataVersion'>
  /** How far the store is complete. @default nobody is told how far persons are */
  freshness?: FreshnessSource
  clock: Clock
  logger: Logger
}

export interface IdentityService {
  /** Resolves when everything inserted before the call is kept. */
  catchUp(): Promise<void>
  close(): Promise<void>
}

/** Keeps up with the events until it is closed. A store that is away is waited for. */
export function startIdentity(deps: IdentityDeps): IdentityService {
  const rounds = new Rounds(deps)
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let running: Promise<unknown> = Promise.resolve()
  const next = (ms: number) => {
    if (!closed) timer = setTimeout(round, ms)
  }
  let failures = 0
  const round = () => {
    const started = deps.clock()
    running = rounds.run().then(
      () => {
        failures = 0
        const took = deps.clock() - started
        next(Math.max(PAUSE_MS, took / MAX_SHARE - took))
      },
      (error: unknown) => {
        deps.logger.log('warn', 'identity_failed', { error })
        next(Math.min(PAUSE_MS * 2 ** failures++, LAST_RETRY_MS))
      },
    )
  }
  next(0)
  return {
    catchUp: () => rounds.run(),
    async close() {
      closed = true
      clearTimeout(timer)
      await running
      await rounds.idle()
    },
  }
}

/** One round at a time: what was inserted since the round before, and a little that it may have missed. */
class Rounds {
  readonly #deps: IdentityDeps
  readonly #recent = new RecentEvents()
  /** Everything that bears an earlier time was read, ms by the store's clock. */
  #readUntil: number | null = null
  #widenedAt = 0
  #version = ''
  #page = PAGE
  #tail: Promise<void> = Promise.resolve()

  constructor(deps: IdentityDeps) {
    this.#deps = deps
  }

  run(): Promise<void> {
    const round = this.#tail.then(() => this.#round())
    // Huge events fit when fewer are read at one time.
    round.then(
      () => (this.#page = Math.min(this.#page * 2, PAGE)),
      () => (this.#page = Math.max(Math.floor(this.#page / 2), MIN_PAGE)),
    )
    this.#tail = round.catch(() => {})
    return round
  }

  async idle(): Promise<void> {
    await this.#tail
  }

  async #round(): Promise<void> {
    const { store, freshness, clock, logger } = this.#deps
    const started = clock()
    const isWide = started - this.#widenedAt >= WIDE_EVERY_MS
    if ((await store.dataVersion()) === this.#version && !isWide) return
    // Before the version, and that before the events: whatever is complete by then is read below.
    const stored = await freshness?.read().catch(() => null)
    const version = await store.dataVersion()
    const to = (await storeNow(store)) + 1
    const from = this.#readUntil === null ? await this.#resume() : this.#since(isWide)
    const total: Kept = { links: 0, facts: 0, overrides: 0 }
    for await (const page of sweep(store, { from, to }, this.#page)) {
      const fresh = page.filter((event) => !this.#recent.has(event))
      const kept = await keep(store, fresh)
      for (const event of fresh) this.#recent.add(event)
      for (const name of ['links', 'facts', 'overrides'] as const) total[name] += kept[name]
    }
    this.#readUntil = to
    this.#version = version
    if (isWide) this.#widenedAt = started
    const completeUntil = stored?.complete_until ?? null
    if (completeUntil !== null) {
      await keepProgress(store, { completeUntil, dataVersion: version, readUntil: to })
    }
    if (total.links + total.facts === 0) return
    logger.log('info', 'identity', { ...total, duration_ms: clock() - started })
  }

  #since(isWide: boolean): number {
    return (this.#readUntil ?? 0) - (isWide ? WIDE_OVERLAP_MS : OVERLAP_MS)
  }

  async #resume(): Promise<number> {
    const { store } = this.#deps
    const last = await lastKept(store)
    if (last !== null) return last - RESUME_MS
    await settleMerges(store)
    return 0
  }
}

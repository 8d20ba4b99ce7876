import { createHash } from 'node:crypto'
import type { Asker } from '@headwater/schemas/asker'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logger.ts'
import { QueryRefusal } from '../errors.ts'

/** Who holds a credential, null when nobody does; rejects when that cannot be told now. */
export type FindAsker = (credential: string) => Promise<Asker | null>

export interface KnownAskersDeps {
  find: FindAsker
  clock: Clock
  logger: Logger
}

/** A key that is revoked, or a role that is taken away, is good for this long at most. */
export const FRESH_MS = 10_000
/** While auth is away, it is for this long. */
export const AWAY_FRESH_MS = 5 * 60_000
/** A credential that was just made is known after this. */
const NOBODY_FRESH_MS = 2_000
/** An auth that failed is not asked again before, so that not every question waits for it. */
const AWAY_MS = 2_000
const MAX_REMEMBERED = 10_000

interface Answer {
  asker: Asker | null
  at: number
}

/** Remembers for a short while who holds which credential. Keeps only hashes of these. */
export class KnownAskers {
  readonly #deps: KnownAskersDeps
  // Apart, so that guesses do not push out what is known.
  readonly #known = new Map<string, Answer>()
  readonly #nobody = new Map<string, Answer>()
  readonly #asking = new Map<string, Promise<Asker | null>>()
  #awayUntil = Number.NEGATIVE_INFINITY

  constructor(deps: KnownAskersDeps) {
    this.#deps = deps
  }

  /**
   * Who holds the credential, null when nobody does. Rejects as `auth_unavailable` when auth is away, and
   * has not told for longer than AWAY_FRESH_MS.
   * @param maxAgeMs How old what is known may be.
   */
  async find(credential: string, maxAgeMs = FRESH_MS): Promise<Asker | null> {
    const key = createHash('sha256').update(credential).digest('base64url')
    const now = this.#deps.clock()
    const told = this.#known.get(key) ?? this.#nobody.get(key)
    const ageMs = told ? now - told.at : Number.POSITIVE_INFINITY
    if (told && ageMs < Math.min(maxAgeMs, told.asker ? FRESH_MS : NOBODY_FRESH_MS)) {
      return told.asker
    }
    if (now >= this.#awayUntil) {
      try {
        return await this.#askOnce(key, credential)
      } catch (error) {
        this.#awayUntil = this.#deps.clock() + AWAY_MS
        this.#deps.logger.log('warn', 'auth_away', { error })
      }
    }
    if (told?.asker && ageMs < AWAY_FRESH_MS) return told.asker
    throw new QueryRefusal('auth_unavailable', 'the auth service does not answer; try again')
  }

  #askOnce(key: string, credential: string): Promise<Asker | null> {
    const asking = this.#asking.get(key) ?? this.#ask(key, credential)
    this.#asking.set(key, asking)
    return asking
  }

  async #ask(key: string, credential: string): Promise<Asker | null> {
    // The moment before it is asked: what it tells is as old as that.
    const at = this.#deps.clock()
    try {
      const asker = await this.#deps.find(credential)
      this.#known.delete(key)
      this.#nobody.delete(key)
      const answers = asker ? this.#known : this.#nobody
      if (answers.size >= MAX_REMEMBERED) answers.clear()
      answers.set(key, { asker, at })
      return asker
    } finally {
      this.#asking.delete(key)
    }
  }
}

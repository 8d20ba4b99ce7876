import { REVOCATIONS_PATH, signInternal } from '@headwater/schemas/internal-signature'
import type { Revocations, WriteKey } from '@headwater/schemas/write-key'

const FETCH_TIMEOUT_MS = 5_000
/** A failed fetch is tried again after this, not with every request. */
const RETRY_AFTER_MS = 2_000

export interface RevocationOptions {
  authUrl: string
  /** Signs the question. */
  authSecret: string
  maxAgeMs: number
}

/** The revoked keys of one auth service, as far as they are known: an old list is better than none. */
export class RevocationList {
  readonly #options: RevocationOptions
  #revoked = new Set<string>()
  #fetchedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  #first: Promise<void> | null = null

  constructor(options: RevocationOptions) {
    this.#options = options
  }

  has(revocation: string): boolean {
    return this.#revoked.has(revocation)
  }

  /** Whether the list has reached the age at which it is fetched again. */
  isOld(): boolean {
    return Date.now() - this.#fetchedAt > this.#options.maxAgeMs
  }

  /** Has it fetched again beside the requests. Returns the end of the first try while there is no list. */
  freshen(waitUntil: (promise: Promise<unknown>) => void): Promise<void> | null {
    const now = Date.now()
    if (now - this.#triedAt > Math.min(RETRY_AFTER_MS, this.#options.maxAgeMs)) {
      this.#triedAt = now
      const refreshed = this.#refresh()
      this.#first ??= refreshed
      waitUntil(refreshed)
    }
    return this.#fetchedAt === Number.NEGATIVE_INFINITY ? this.#first : null
  }

  async #refresh(): Promise<void> {
    try {
      const { authUrl, authSecret } = this.#options
      const response = await fetch(`${authUrl}${REVOCATIONS_PATH}`, {
        headers: await signInternal(authSecret, REVOCATIONS_PATH, Date.now()),
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
      })
      if (!response.ok) {
        await response.body?.cancel()
        return
      }
      const { revoked } = (await response.json()) as Revocations
      this.#revoked = new Set(revoked.map(revocationOf))
      this.#fetchedAt = Date.now()
    } catch {
      // The auth service is away: the keys it signed go on working.
    }
  }
}

/** What a list holds of a key. */
export function revocationOf({ project_id, epoch }: WriteKey): string {
  return `${project_id}:${epoch}`
}

import { REVOCATIONS_PATH, signInternal } from '@headwater/schemas/internal-signature'
import { type Revocations, verifyWriteKey, type WriteKey } from '@headwater/schemas/write-key'
import { CaptureError } from './errors.ts'

const MAX_CACHED_KEYS = 10_000
/** How long an isolate's very first request waits for the list; after that nobody waits. */
const FIRST_FETCH_WAIT_MS = 300
const FETCH_TIMEOUT_MS = 5_000
/** A failed fetch is tried again after this, not with every request. */
const RETRY_AFTER_MS = 2_000

export interface WriteKeyOptions {
  writeKeySecret: string
  /** Signs the question for the list of revoked keys. */
  bridgeSecret: string
  authUrl: string
  revocationsMaxAgeMs: number
}

/**
 * Tells whose events a request carries. A key is verified by its own signature, so it works while the
 * auth service is down; the list of revoked keys is fetched beside the requests, and an old list is
 * better than none.
 */
export class WriteKeys {
  readonly #options: WriteKeyOptions
  readonly #verified = new Map<string, WriteKey | null>()
  #revoked = new Set<string>()
  #fetchedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  #first: Promise<void> | null = null

  constructor(options: WriteKeyOptions) {
    this.#options = options
  }

  /** Whether it is known already if the key is right or wrong. */
  isVerified(key: string): boolean {
    return this.#verified.has(key)
  }

  /** Checks a key's signature, once for all requests of the isolate. */
  async verify(key: string): Promise<void> {
    const writeKey = await verifyWriteKey(this.#options.writeKeySecret, key)
    // A flood of wrong keys costs their checks again, never memory without end.
    if (this.#verified.size >= MAX_CACHED_KEYS) this.#verified.clear()
    this.#verified.set(key, writeKey)
  }

  /** The project of a verified key. Throws a 401 CaptureError when the key is wrong or revoked. */
  projectOf(key: string): string {
    const writeKey = this.#verified.get(key)
    if (!writeKey) {
      throw new CaptureError('invalid_write_key', 'The write key is not valid.', 'api_key')
    }
    if (this.#revoked.size > 0 && this.#revoked.has(revocationId(writeKey))) {
      throw new CaptureError('revoked_write_key', 'The write key was revoked.', 'api_key')
    }
    return writeKey.project_id
  }

  /** Whether the list of revoked keys has reached the age at which it is fetched again. */
  isListOld(): boolean {
    return Date.now() - this.#fetchedAt > this.#options.revocationsMaxAgeMs
  }

  /** Has an old list fetched again beside the requests; only an isolate's first ones wait for it. */
  async freshenList(waitUntil: (promise: Promise<unknown>) => void): Promise<void> {
    const now = Date.now()
    if (now - this.#triedAt > Math.min(RETRY_AFTER_MS, this.#options.revocationsMaxAgeMs)) {
      this.#triedAt = now
      const refreshed = this.#refresh()
      this.#first ??= refreshed
      waitUntil(refreshed)
    }
    if (this.#first && this.#fetchedAt === Number.NEGATIVE_INFINITY) {
      await Promise.race([this.#first, pause(FIRST_FETCH_WAIT_MS)])
    }
  }

  async #refresh(): Promise<void> {
    try {
      const { bridgeSecret, authUrl } = this.#options
      const response = await fetch(`${authUrl}${REVOCATIONS_PATH}`, {
        headers: await signInternal(bridgeSecret, REVOCATIONS_PATH, Date.now()),
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
      })
      if (!response.ok) {
        await response.body?.cancel()
        return
      }
      const { revoked } = (await response.json()) as Revocations
      this.#revoked = new Set(revoked.map(revocationId))
      this.#fetchedAt = Date.now()
    } catch {
      // The auth service is away: the keys it signed go on working.
    }
  }
}

/** The one key that a request names. Throws a 401 CaptureError when it names none, or several. */
export function oneKey(keys: readonly string[]): string {
  const [key] = keys
  if (key === undefined) {
    throw new CaptureError('missing_write_key', 'Field "api_key" is missing.', 'api_key')
  }
  if (keys.length > 1) {
    throw new CaptureError(
      'mixed_write_keys',
      'The request names different write keys; send one request per key.',
      'api_key',
    )
  }
  return key
}

function revocationId({ project_id, epoch }: WriteKey): string {
  return `${project_id}:${epoch}`
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

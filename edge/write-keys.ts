import { verifyWriteKey } from '@headwater/schemas/write-key'
import type { EdgeConfig } from './config.ts'
import { CaptureError } from './errors.ts'
import { type Region, regionOfProject } from './regions.ts'
import { RevocationList, revocationOf } from './revocations.ts'

const MAX_CACHED_KEYS = 10_000
/** How long an isolate's very first request waits for the lists; after that nobody waits. */
const FIRST_FETCH_WAIT_MS = 300

export type WriteKeyOptions = Pick<EdgeConfig, 'writeKeySecret' | 'regions' | 'revocationsMaxAgeMs'>

/** Whose events a key sends, and where they belong. */
export interface KeyOwner {
  projectId: string
  region: Region
}

/** What is known of a rightly signed key. */
interface Verified {
  /** Null when this edge does not know the project's region. */
  owner: KeyOwner | null
  revocation: string
}

/**
 * Tells whose events a request carries. A key is verified by its own signature, so it works while the
 * auth service is down; it names its region as well. The lists of revoked keys are fetched beside the
 * requests.
 */
export class WriteKeys {
  readonly #options: WriteKeyOptions
  readonly #verified = new Map<string, Verified | null>()
  /** By the address of their auth service. */
  readonly #lists = new Map<string, RevocationList>()

  constructor(options: WriteKeyOptions) {
    this.#options = options
    const { regions, revocationsMaxAgeMs: maxAgeMs } = options
    for (const { authUrl, authSecret } of regions.values()) {
      if (this.#lists.has(authUrl)) continue
      this.#lists.set(authUrl, new RevocationList({ authUrl, authSecret, maxAgeMs }))
    }
  }

  /** Whether it is known already if the key is right or wrong. */
  isVerified(key: string): boolean {
    return this.#verified.has(key)
  }

  /** Checks a key's signature and finds its region, once for all requests of the isolate. */
  async verify(key: string): Promise<void> {
    const verified = await this.#read(key)
    // A flood of wrong keys costs their checks again, never memory without end.
    if (this.#verified.size >= MAX_CACHED_KEYS) this.#verified.clear()
    this.#verified.set(key, verified)
  }

  /**
   * The owner of a verified key. Throws a CaptureError: 401 when the key is wrong or revoked, 503 when its
   * region is not known here, since the key is right and the edge's configuration is behind.
   */
  ownerOf(key: string): KeyOwner {
    const verified = this.#verified.get(key)
    if (!verified) {
      throw new CaptureError('invalid_write_key', 'The write key is not valid.', 'api_key')
    }
    const { owner, revocation } = verified
    if (!owner) {
      throw new CaptureError(
        'unknown_region',
        'The region of the write key is not served here yet.',
      )
    }
    if (this.#lists.get(owner.region.authUrl)?.has(revocation)) {
      throw new CaptureError('revoked_write_key', 'The write key was revoked.', 'api_key')
    }
    return owner
  }

  /** Whether a list of revoked keys has reached the age at which it is fetched again. */
  isListOld(): boolean {
    for (const list of this.#lists.values()) if (list.isOld()) return true
    return false
  }

  /** Has old lists fetched again beside the requests; only an isolate's first ones wait for them. */
  async freshenLists(waitUntil: (promise: Promise<unknown>) => void): Promise<void> {
    const firstTries: Promise<void>[] = []
    for (const list of this.#lists.values()) {
      const firstTry = list.isOld() ? list.freshen(waitUntil) : null
      if (firstTry !== null) firstTries.push(firstTry)
    }
    if (firstTries.length === 0) return
    await Promise.race([Promise.all(firstTries), pause(FIRST_FETCH_WAIT_MS)])
  }

  async #read(key: string): Promise<Verified | null> {
    const writeKey = await verifyWriteKey(this.#options.writeKeySecret, key)
    if (!writeKey) return null
    const { project_id: projectId } = writeKey
    const region = regionOfProject(this.#options.regions, projectId)
    return { owner: region && { projectId, region }, revocation: revocationOf(writeKey) }
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

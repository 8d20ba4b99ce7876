import type { BufferObject } from './buffer-object.ts'
import { type Regions, readRegions } from './regions.ts'

/** The Worker's bindings, as wrangler.toml and the local launcher give them. */
export interface EdgeEnv {
  BUFFER: DurableObjectNamespace<BufferObject>
  [name: string]: unknown
}

export interface EdgeConfig {
  writeKeySecret: string
  /**
   * The default region (`REGION`, @default local; `BRIDGE_URL`, `BRIDGE_SECRET`, `AUTH_URL`) and those of
   * `REGIONS`, each with `SHARDS` shards (@default 1). Growing that number moves senders to other shards.
   */
  regions: Regions
  /**
   * Whether a region's objects may be made where workerd, which lacks jurisdictions, happens to run: to try
   * regions out. @default false
   */
  allowNoJurisdiction: boolean
  /** A batch is closed when it would grow over this. @default 4,000,000 */
  sealMaxBytes: number
  /** A batch is closed when its first event has waited this long. @default 500 */
  sealMaxAgeMs: number
  /** A shard refuses more than this, so that it never loses what it holds. @default 1 GiB */
  backlogMaxBytes: number
  /** Time between two looks of the alarm at what is held. @default 10,000 */
  watchdogMs: number
  /** First pause after a failed flush; doubles up to backoffMaxMs. @default 250 */
  backoffMinMs: number
  /** @default 60,000 */
  backoffMaxMs: number
  /** A call to the bridge ends after this. @default 15,000 */
  bridgeTimeoutMs: number
  /** A body must arrive, and be answered, within this. @default 30,000 */
  requestTimeoutMs: number
  /** Age at which the list of revoked keys is fetched again. @default 15,000 */
  revocationsMaxAgeMs: number
  /** Whether concurrent requests share one call to a shard. @default true */
  shareCalls: boolean
  /** Whether `$ip` stays in the properties. @default false */
  keepIp: boolean
  /**
   * Paths under which everything but `/_…` answers as well, for proxies that do not take them off. Separated
   * by commas; empty for none. @default /ingest
   */
  pathPrefixes: readonly string[]
}

const configs = new WeakMap<object, EdgeConfig>()

/** Checks the bindings once per isolate. Throws one error that names every bad binding. */
export function edgeConfig(env: EdgeEnv): EdgeConfig {
  const known = configs.get(env)
  if (known) return known
  const config = readBindings(env)
  configs.set(env, config)
  return config
}

function readBindings(env: EdgeEnv): EdgeConfig {
  const faults: string[] = []
  const read = new BindingReader(env, faults)
  const defaultRegion = {
    name: read.region('REGION', 'local'),
    bridgeUrl: read.url('BRIDGE_URL'),
    bridgeSecret: read.secret('BRIDGE_SECRET'),
    authUrl: read.url('AUTH_URL'),
    shards: read.integer('SHARDS', 1, 1, 1_000),
  }
  const config: EdgeConfig = {
    writeKeySecret: read.secret('WRITE_KEY_SECRET'),
    regions: readRegions(env, defaultRegion, faults),
    allowNoJurisdiction: read.flag('ALLOW_NO_JURISDICTION', false),
    sealMaxBytes: read.integer('SEAL_MAX_BYTES', 4_000_000, 1_000, 6_000_000),
    sealMaxAgeMs: read.integer('SEAL_MAX_AGE_MS', 500, 5, 60_000),
    backlogMaxBytes: read.integer('BACKLOG_MAX_BYTES', 1024 ** 3, 1_000, 9 * 1024 ** 3),
    watchdogMs: read.integer('WATCHDOG_MS', 10_000, 50, 60_000),
    backoffMinMs: read.integer('BACKOFF_MIN_MS', 250, 1, 10_000),
    backoffMaxMs: read.integer('BACKOFF_MAX_MS', 60_000, 10, 600_000),
    bridgeTimeoutMs: read.integer('BRIDGE_TIMEOUT_MS', 15_000, 50, 60_000),
    requestTimeoutMs: read.integer('REQUEST_TIMEOUT_MS', 30_000, 50, 60_000),
    revocationsMaxAgeMs: read.integer('REVOCATIONS_MAX_AGE_MS', 15_000, 10, 30_000),
    shareCalls: read.flag('SHARE_CALLS', true),
    keepIp: read.flag('KEEP_IP', false),
    pathPrefixes: read.paths('PATH_PREFIXES', '/ingest'),
  }
  if (!env.BUFFER) faults.push('BUFFER: no Durable Object namespace')
  if (faults.length > 0) throw new Error(`invalid bindings: ${faults.join('; ')}`)
  return config
}

class BindingReader {
  readonly #env: EdgeEnv
  readonly #faults: string[]

  constructor(env: EdgeEnv, faults: string[]) {
    this.#env = env
    this.#faults = faults
  }

  secret(name: string): string {
    return this.#text(name, (text) => text.length >= 32, 'must have at least 32 characters')
  }

  url(name: string): string {
    return this.#text(name, (text) => URL.canParse(text), 'must be a URL').replace(/\/+$/, '')
  }

  region(name: string, fallback: string): string {
    if (this.#env[name] === undefined) return fallback
    const rule = 'must be 1 to 16 lower-case letters, digits or dashes'
    return this.#text(name, (text) => /^[a-z0-9-]{1,16}$/.test(text), rule)
  }

  paths(name: string, fallback: string): string[] {
    const value = this.#env[name] ?? fallback
    const paths = typeof value === 'string' ? value.split(',').map((path) => path.trim()) : ['']
    if (value === '') return []
    if (paths.every((path) => /^(\/[\w.~-]+)+$/.test(path))) return paths
    this.#faults.push(`${name}: must be paths such as /ingest, separated by commas`)
    return []
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.#env[name] ?? fallback
    const number = typeof value === 'string' ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) {
      return number
    }
    this.#faults.push(`${name}: must be a whole number from ${min} to ${max}`)
    return fallback
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#env[name] ?? fallback
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    this.#faults.push(`${name}: must be true or false`)
    return fallback
  }

  #text(name: string, isGood: (text: string) => boolean, rule: string): string {
    const value = this.#env[name]
    if (typeof value === 'string' && isGood(value)) return value
    this.#faults.push(`${name}: ${rule}`)
    return ''
  }
}

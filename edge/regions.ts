import { REGION_NAME, regionOf } from '@headwater/schemas/project-id'

/** Where the events of some projects belong: the core that takes them, and the buffers that hold them. */
export interface Region {
  name: string
  bridgeUrl: string
  bridgeSecret: string
  /** The auth service whose word on revoked keys counts for the region's projects. */
  authUrl: string
  authSecret: string
  /** Names of its shards, `<region>:<n>`. */
  shards: readonly string[]
  /** Its buffers run and store nowhere else. Another jurisdiction is another set of objects. */
  jurisdiction: DurableObjectJurisdiction | null
  /** Where its buffers are best made; an object that exists stays where it is. */
  locationHint: DurableObjectLocationHint | null
}

/** The regions that an edge knows, by name; the default one, of all projects pinned to none, is first. */
export type Regions = ReadonlyMap<string, Region>

/** Null when this edge does not know the region: the events must then not be taken, nor sent anywhere. */
export function regionOfProject(regions: Regions, projectId: string): Region | null {
  const name = regionOf(projectId)
  if (name !== null) return regions.get(name) ?? null
  const [first] = regions.values()
  return first ?? null
}

/** Null when this edge does not know the region, or no longer. */
export function regionOfShard(regions: Regions, shard: string): Region | null {
  return regions.get(shard.slice(0, shard.indexOf(':'))) ?? null
}

const JURISDICTIONS = [
  'eu',
  'us',
  'fedramp',
  'fedramp-high',
] as const satisfies readonly DurableObjectJurisdiction[]

const LOCATION_HINTS = [
  'wnam',
  'enam',
  'sam',
  'weur',
  'eeur',
  'apac',
  'apac-ne',
  'apac-se',
  'oc',
  'afr',
  'me',
] as const satisfies readonly DurableObjectLocationHint[]

/** Of the default region: its addresses are bindings of their own. */
const PLACEMENT = ['jurisdiction', 'location_hint']
const SETTINGS = ['bridge_url', 'auth_url', ...PLACEMENT]

/** What the bindings say of the default region; the others fall back on it. */
export interface DefaultRegion {
  name: string
  bridgeUrl: string
  bridgeSecret: string
  authUrl: string
  /** How many shards each region has. */
  shards: number
}

/**
 * Reads the binding REGIONS: an object, or its JSON, of region names and their settings. Every setting that
 * is not known is a fault: a jurisdiction with a slip in its name must not go unnoticed.
 */
export function readRegions(
  env: Readonly<Record<string, unknown>>,
  { shards, ...first }: DefaultRegion,
  faults: string[],
): Regions {
  const entries = readEntries(env.REGIONS, faults)
  const shardsOf = (name: string) => Array.from({ length: shards }, (_, n) => `${name}:${n}`)
  const regions = new Map<string, Region>()
  regions.set(first.name, {
    ...first,
    authSecret: first.bridgeSecret,
    shards: shardsOf(first.name),
    ...new Entry(first.name, entries[first.name] ?? {}, PLACEMENT, faults).placement(),
  })
  for (const [name, settings] of Object.entries(entries)) {
    if (name === first.name) continue
    if (!REGION_NAME.test(name)) {
      faults.push(
        `REGIONS: ${JSON.stringify(name)} must be a letter, then letters, digits or dashes`,
      )
      continue
    }
    const entry = new Entry(name, settings, SETTINGS, faults)
    const bridgeSecret = ownSecret(env, name, faults) ?? first.bridgeSecret
    const authUrl = entry.optionalUrl('auth_url')
    regions.set(name, {
      name,
      bridgeUrl: entry.url('bridge_url'),
      bridgeSecret,
      authUrl: authUrl ?? first.authUrl,
      // One auth service for all knows the default region's secret only.
      authSecret: authUrl === null ? first.bridgeSecret : bridgeSecret,
      shards: shardsOf(name),
      ...entry.placement(),
    })
  }
  return regions
}

function readEntries(binding: unknown, faults: string[]): Record<string, unknown> {
  if (binding === undefined || binding === '') return {}
  try {
    const value: unknown = typeof binding === 'string' ? JSON.parse(binding) : binding
    if (isObject(value)) return value
  } catch {
    // Reported below.
  }
  faults.push('REGIONS: must be a JSON object of region names and their settings')
  return {}
}

/** The secret of a region that does not share the default one's: `BRIDGE_SECRET_EU`. */
function ownSecret(
  env: Readonly<Record<string, unknown>>,
  region: string,
  faults: string[],
): string | null {
  const binding = `BRIDGE_SECRET_${region.toUpperCase().replaceAll('-', '_')}`
  const secret = env[binding]
  if (secret === undefined) return null
  if (typeof secret === 'string' && secret.length >= 32) return secret
  faults.push(`${binding}: must have at least 32 characters`)
  return null
}

/** The settings of one region. */
class Entry {
  readonly #path: string
  readonly #settings: Record<string, unknown>
  readonly #faults: string[]

  constructor(region: string, settings: unknown, known: readonly string[], faults: string[]) {
    this.#path = `REGIONS.${region}`
    this.#settings = isObject(settings) ? settings : {}
    this.#faults = faults
    if (!isObject(settings)) faults.push(`${this.#path}: must be an object`)
    for (const name of Object.keys(this.#settings)) {
      if (!known.includes(name)) this.#fault(name, `is no setting; there are ${known.join(', ')}`)
    }
  }

  url(name: string): string {
    const value = this.#settings[name]
    if (typeof value === 'string' && URL.canParse(value)) return value.replace(/\/+$/, '')
    this.#fault(name, 'must be a URL')
    return ''
  }

  optionalUrl(name: string): string | null {
    return this.#settings[name] === undefined ? null : this.url(name)
  }

  placement(): Pick<Region, 'jurisdiction' | 'locationHint'> {
    return {
      jurisdiction: this.#oneOf('jurisdiction', JURISDICTIONS),
      locationHint: this.#oneOf('location_hint', LOCATION_HINTS),
    }
  }

  #oneOf<Value extends string>(name: string, values: readonly Value[]): Value | null {
    const wanted = this.#settings[name]
    if (wanted === undefined) return null
    const found = values.find((value) => value === wanted)
    if (found === undefined) this.#fault(name, `must be one of ${values.join(', ')}`)
    return found ?? null
  }

  #fault(name: string, rule: string): void {
    this.#faults.push(`${this.#path}.${name}: ${rule}`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

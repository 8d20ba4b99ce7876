import { regionOf } from '@headwater/schemas/project-id'
import type { LogRecord } from '../log/log.ts'
import type { Config } from '../shared/config.ts'

/** Which records a bridge takes. */
export interface BridgeRegion {
  name: string
  /** Where the projects that are pinned to none belong. */
  defaultRegion: string
}

/** The region that this bridge is told to take; undefined: every one. */
export function bridgeRegion({ BRIDGE_REGION, REGIONS }: Config): BridgeRegion | undefined {
  return BRIDGE_REGION === '' ? undefined : { name: BRIDGE_REGION, defaultRegion: REGIONS[0] }
}

/** The first project that belongs to another region; null when all are in their place. */
export function strayProject(
  records: readonly LogRecord[],
  { name, defaultRegion }: BridgeRegion,
): string | null {
  for (const { key } of records) {
    const project = key.slice(0, key.indexOf(':'))
    if ((regionOf(project) ?? defaultRegion) !== name) return project
  }
  return null
}

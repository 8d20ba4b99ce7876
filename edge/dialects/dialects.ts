import type { Companion } from './companion.ts'
import type { Dialect } from './dialect.ts'
import { native } from './native.ts'
import { POSTHOG_COMPANIONS } from './posthog-companions.ts'
import { segment } from './segment.ts'
import { SEGMENT_COMPANIONS } from './segment-companions.ts'

/** All that capture speaks. */
export const DIALECTS: readonly Dialect[] = [native, segment]

export const COMPANIONS: readonly Companion[] = [...POSTHOG_COMPANIONS, ...SEGMENT_COMPANIONS]

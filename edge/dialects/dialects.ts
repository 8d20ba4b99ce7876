import type { Companion } from './companion.ts'
import type { Dialect } from './dialect.ts'
import { native } from './native.ts'
import { pixel } from './pixel.ts'
import { POSTHOG_COMPANIONS } from './posthog-companions.ts'
import { posthogV1 } from './posthog-v1.ts'
import { segment } from './segment.ts'
import { SEGMENT_COMPANIONS } from './segment-companions.ts'
import { segmentPixel } from './segment-pixel.ts'

/** All that capture speaks. */
export const DIALECTS: readonly Dialect[] = [native, posthogV1, segment, segmentPixel, pixel]

export const COMPANIONS: readonly Companion[] = [...POSTHOG_COMPANIONS, ...SEGMENT_COMPANIONS]

import type { COHORT_UNITS } from '@headwater/schemas/insights/cohort'
import type { FUNNEL_WINDOW_UNITS } from '@headwater/schemas/insights/funnel'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 1_440 * MINUTE_MS
const UNIT_MS = {
  second: SECOND_MS,
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
} satisfies Record<(typeof COHORT_UNITS | typeof FUNNEL_WINDOW_UNITS)[number], number>

/** Length of a span, ms. */
export const spanMs = ({ value, unit }: { value: number; unit: keyof typeof UNIT_MS }): number =>
  value * UNIT_MS[unit]

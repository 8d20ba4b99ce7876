import type { FunnelQuery, FunnelResult } from '@headwater/schemas/insight'
import { type Range, resolveRange } from './date-range.ts'
import { compareText, orderOf } from './trend.ts'

const SECOND_MS = 1_000
const UNIT_MS = {
  second: SECOND_MS,
  minute: 60 * SECOND_MS,
  hour: 3_600 * SECOND_MS,
  day: 86_400 * SECOND_MS,
  week: 7 * 86_400 * SECOND_MS,
}
/** Whether a window has ended is decided to the minute, so that equal questions have equal answers. */
const HORIZON_STEP_MS = 60_000

export interface FunnelPlan extends Range {
  query: FunnelQuery
  windowMs: number
  /** Up to when everything is known, ms: a window that ends later is open. */
  horizon: number
}

/** Where the persons of one breakdown value stand. */
export interface FunnelRow {
  kind: 'value' | 'other' | 'none'
  value: string
  /** Per step, persons whose furthest step it is. */
  standing: string[]
  /** Those of them who may still go on. */
  open: string[]
  /** Per step after the first, as far as anybody came. */
  mean_seconds: number[]
  median_seconds: number[]
}

export type FunnelAnswer = Pick<FunnelResult, 'groups'>
type Group = FunnelAnswer['groups'][number]

/** Decides dates, window and horizon. Throws a QueryRefusal. */
export function planFunnel(
  query: FunnelQuery,
  now: number,
  completeUntil: number | null,
): FunnelPlan {
  const known = Math.min(now, completeUntil ?? now)
  const { value, unit } = query.conversion_window
  return {
    query,
    ...resolveRange(query, now),
    windowMs: value * UNIT_MS[unit],
    horizon: Math.floor(known / HORIZON_STEP_MS) * HORIZON_STEP_MS,
  }
}

/** Turns where persons stand into how many reached each step. Other and none come last. */
export function shapeFunnel({ query }: FunnelPlan, rows: readonly FunnelRow[]): FunnelAnswer {
  if (query.breakdown === undefined) {
    return { groups: [{ breakdown: null, steps: stepsOf(query, rows[0]) }] }
  }
  const groups = rows.map(
    (row): Group => ({
      breakdown: { kind: row.kind, value: row.value },
      steps: stepsOf(query, row),
    }),
  )
  const entered = (group: Group) => group.steps[0]?.count ?? 0
  groups.sort(
    (a, b) =>
      orderOf(a.breakdown?.kind) - orderOf(b.breakdown?.kind) ||
      entered(b) - entered(a) ||
      compareText(a.breakdown?.value ?? '', b.breakdown?.value ?? ''),
  )
  return { groups }
}

function stepsOf(query: FunnelQuery, row: FunnelRow | undefined): Group['steps'] {
  const standing = query.steps.map((_, step) => Number(row?.standing[step] ?? 0))
  const reached = standing.map((_, step) => standing.slice(step).reduce((sum, n) => sum + n, 0))
  const first = reached[0] ?? 0
  return query.steps.map(({ event }, step) => {
    const count = reached[step] ?? 0
    const before = reached[step - 1]
    const isLast = step === query.steps.length - 1
    const open = isLast ? 0 : Number(row?.open[step] ?? 0)
    return {
      event,
      count,
      rate_from_first: first === 0 ? null : count / first,
      rate_from_previous: step === 0 ? rate(count, first) : rate(count, before ?? 0),
      dropped: isLast ? 0 : (standing[step] ?? 0) - open,
      open,
      mean_seconds: row?.mean_seconds[step - 1] ?? null,
      median_seconds: row?.median_seconds[step - 1] ?? null,
    }
  })
}

const rate = (count: number, of: number): number | null => (of === 0 ? null : count / of)

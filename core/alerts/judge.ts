import type { AlertState, Condition } from '@headwater/schemas/insights/alert'

/** What one look says: the condition holds, it does not, or there is no number to judge. */
export type Signal = 'crossed' | 'back' | 'none'

export interface Step {
  state: AlertState
  /** What is told of it. */
  tell: 'firing' | 'resolved' | null
}

/** What each look makes of an alert. Only a crossing is told, never a state that lasts. */
export const NEXT: Record<AlertState, Record<Signal, Step>> = {
  unknown: {
    crossed: { state: 'firing', tell: 'firing' },
    back: { state: 'ok', tell: null },
    none: { state: 'unknown', tell: null },
  },
  ok: {
    crossed: { state: 'firing', tell: 'firing' },
    back: { state: 'ok', tell: null },
    none: { state: 'ok', tell: null },
  },
  firing: {
    crossed: { state: 'firing', tell: null },
    back: { state: 'ok', tell: 'resolved' },
    none: { state: 'firing', tell: null },
  },
}

/** @param previous Of the interval before; only a change needs it. */
export function judge(condition: Condition, value: number | null, previous: number | null): Signal {
  if (value === null) return 'none'
  switch (condition.type) {
    case 'above':
      return value > condition.threshold ? 'crossed' : 'back'
    case 'below':
      return value < condition.threshold ? 'crossed' : 'back'
    case 'increase':
    case 'decrease': {
      if (previous === null) return 'none'
      const change = condition.unit === 'percent' ? percent(value, previous) : value - previous
      const by = condition.type === 'increase' ? change : -change
      return by >= condition.by ? 'crossed' : 'back'
    }
  }
}

export const needsPrevious = ({ type }: Condition): boolean =>
  type === 'increase' || type === 'decrease'

// From nothing to something is more than any number of per cent.
function percent(value: number, previous: number): number {
  const change = value - previous
  if (change === 0) return 0
  return (change / Math.abs(previous)) * 100
}

export type Picked = { found: true; value: number | null } | { found: false; empty: boolean }

/**
 * The number at a path of an answer: `series.0.values.-1` is the last one of the first series. Not found
 * is `empty` when a list on the way has nothing in it.
 */
export function pick(answer: unknown, path: string): Picked {
  let value: unknown = answer
  for (const step of path.split('.')) {
    if (Array.isArray(value)) {
      if (value.length === 0) return { found: false, empty: true }
      if (!/^-?\d+$/.test(step)) return { found: false, empty: false }
      value = value.at(Number(step))
    } else if (typeof value === 'object' && value !== null && Object.hasOwn(value, step)) {
      value = (value as Record<string, unknown>)[step]
    } else {
      return { found: false, empty: false }
    }
  }
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) {
    return { found: true, value }
  }
  return { found: false, empty: false }
}

/** Of nothing there is no such number; of everything else that is counted there is none, which is 0. */
const UNDEFINED_OF_NOTHING = /(rate|seconds|share|change)[a-z_]*$/

/**
 * The number at a path, null when there is none. Where a list is empty because nothing happened, what is
 * counted in it is 0: an alert on too few must not be silent when there are none at all.
 */
export function numberAt(answer: unknown, path: string): number | null {
  const picked = pick(answer, path)
  if (picked.found) return picked.value
  return picked.empty && !UNDEFINED_OF_NOTHING.test(path) ? 0 : null
}

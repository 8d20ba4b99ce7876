import type { FunnelQuery, Interval, PropertyFilter, TrendQuery } from '@headwater/schemas/insight'
import { PROPERTY_COLUMNS } from '@headwater/schemas/row'

// What can be chosen, with the words shown for it. The key types come from the contract, so a value
// added there and forgotten here does not compile; importing its zod lists would ship zod to browsers.

export type Measure = TrendQuery['measure']
export type Operator = PropertyFilter['operator']
export type WindowUnit = FunnelQuery['conversion_window']['unit']

export const MEASURES: Record<Measure, string> = {
  total: 'Total events',
  unique_persons: 'Unique persons',
}

export const INTERVALS: Record<Interval, string> = {
  minute: 'Minute',
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  quarter: 'Quarter',
  year: 'Year',
}

export const OPERATORS: Record<Operator, string> = {
  is: 'is',
  is_not: 'is not',
  contains: 'contains',
  not_contains: 'does not contain',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
  is_set: 'is set',
  is_not_set: 'is not set',
}

export const WINDOW_UNITS: Record<WindowUnit, string> = {
  second: 'seconds',
  minute: 'minutes',
  hour: 'hours',
  day: 'days',
  week: 'weeks',
}

export const CHARTS = { line: 'Lines', bar: 'Bars' } as const
export type Chart = keyof typeof CHARTS

/** Relative date ranges, each with the interval that reads best. */
export const DATE_PRESETS = [
  { date_from: '-1h', label: 'Last hour', interval: 'minute' },
  { date_from: '-24h', label: 'Last 24 hours', interval: 'hour' },
  { date_from: '-7d', label: 'Last 7 days', interval: 'day' },
  { date_from: '-30d', label: 'Last 30 days', interval: 'day' },
  { date_from: '-90d', label: 'Last 90 days', interval: 'week' },
  { date_from: '-12m', label: 'Last 12 months', interval: 'month' },
] as const satisfies { date_from: string; label: string; interval: Interval }[]

/** Properties offered first: those the server itself writes. Any other name can be typed. */
export const KNOWN_PROPERTIES = Object.keys(PROPERTY_COLUMNS)

/** Every event, whatever its name. */
export const ANY_EVENT = '*'

export const MAX_EVENTS_IN_TREND = 5
export const MAX_FUNNEL_STEPS = 20
export const MIN_FUNNEL_STEPS = 2
export const MAX_WINDOW_VALUE = 10_000

export function isKeyOf<T extends object>(record: T, key: unknown): key is keyof T {
  return typeof key === 'string' && Object.hasOwn(record, key)
}

export function needsValue(operator: Operator): boolean {
  return operator !== 'is_set' && operator !== 'is_not_set'
}

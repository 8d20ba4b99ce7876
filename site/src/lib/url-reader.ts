import type { PropertyFilter, TrendQuery } from '@headwater/schemas/insight'
import { isProjectId } from '@headwater/schemas/project-id'
import { INTERVALS, isKeyOf, needsValue, OPERATORS } from './choices.ts'

// The whole question is in the address. Reading never throws: what cannot be read is replaced by the
// default and named in `ignored`, so that a mangled link is not mistaken for what its sender saw.

/** What every question has; the dashboard has nothing else. */
export type RangeQuestion = Pick<
  TrendQuery,
  'project' | 'interval' | 'date_from' | 'date_to' | 'time_zone' | 'filters' | 'breakdown'
>

export interface ReadState<Q> {
  question: Q
  /** Parameters of the address that were not understood, as `name=value`. */
  ignored: string[]
}

export interface Defaults {
  project: string
}

export const DATE_BOUND = /^(\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?|-\d{1,4}[hdwm])$/

export function readRange(params: URLSearchParams, defaults: Defaults): ReadState<RangeQuestion> {
  const read = reader(params)
  return { question: readCommon(read, defaults), ignored: read.ignored }
}

export function writeRange(question: RangeQuestion): URLSearchParams {
  return new URLSearchParams(commonParams(question))
}

type Common = Omit<RangeQuestion, 'interval'> & Partial<Pick<RangeQuestion, 'interval'>>

export function commonParams(question: Common): [string, string][] {
  const { project, interval, date_from, date_to, time_zone, filters, breakdown } = question
  const params: [string, string][] = [['project', project]]
  if (interval) params.push(['interval', interval])
  params.push(['date_from', date_from])
  if (date_to) params.push(['date_to', date_to])
  if (time_zone) params.push(['time_zone', time_zone])
  if (filters.length > 0) params.push(['filters', JSON.stringify(filters)])
  if (breakdown) params.push(['breakdown', breakdown])
  return params
}

export function readCommon(read: AddressReader, defaults: Defaults): RangeQuestion {
  const interval = read.one('interval', oneOf(INTERVALS), 'day')
  return { ...readShared(read, defaults), interval }
}

/** The same without an interval, for questions that have none or know only some. */
export function readShared(
  read: AddressReader,
  defaults: Defaults,
): Omit<RangeQuestion, 'interval'> {
  const dateTo = read.one<string | null>('date_to', matching(DATE_BOUND), null)
  const breakdown = read.one<string | null>('breakdown', isName, null)
  // The project's own where the viewer chose none: one link shows everybody the same days.
  const timeZone = read.one<string | null>(
    'time_zone',
    (text) => (isTimeZone(text) ? text : null),
    null,
  )
  return {
    project: read.one('project', (text) => (isProjectId(text) ? text : null), defaults.project),
    date_from: read.one('date_from', matching(DATE_BOUND), '-7d'),
    ...(dateTo !== null && { date_to: dateTo }),
    ...(timeZone !== null && { time_zone: timeZone }),
    filters: read.one('filters', readFilters, []),
    ...(breakdown !== null && { breakdown }),
  }
}

export interface AddressReader {
  ignored: string[]
  one<T>(name: string, parse: (text: string) => T | null, fallback: T): T
  all<T>(name: string, parse: (text: string) => T | null, fallback: T[], limit: number): T[]
}

export function reader(params: URLSearchParams): AddressReader {
  const ignored: string[] = []
  const keep = <T>(name: string, text: string, parse: (text: string) => T | null): T[] => {
    const value = parse(text)
    if (value === null) ignored.push(`${name}=${text.slice(0, 60)}`)
    return value === null ? [] : [value]
  }
  return {
    ignored,
    one(name, parse, fallback) {
      const text = params.get(name)
      return text === null ? fallback : (keep(name, text, parse)[0] ?? fallback)
    },
    all(name, parse, fallback, limit) {
      const texts = [...new Set(params.getAll(name))]
      for (const text of texts.slice(limit)) ignored.push(`${name}=${text.slice(0, 60)}`)
      const values = texts.slice(0, limit).flatMap((text) => keep(name, text, parse))
      return values.length > 0 ? values : fallback
    },
  }
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : null)
export const isName = (text: string) => (text.length > 0 && text.length <= 200 ? text : null)
/** One of the keys of a record of words. */
export const oneOf =
  <T extends string>(words: Record<T, string>) =>
  (text: string): T | null =>
    isKeyOf(words, text) ? text : null

/** A whole number from 1 on. How large it may be, the API knows and says. */
export const wholeNumber = (text: string) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null)

export const readBoolean = (text: string) =>
  text === 'true' ? true : text === 'false' ? false : null

/** The same rule as the contract's: a named zone the browser knows; "+02:00" is none to the store. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

export function readFilters(text: string): PropertyFilter[] | null {
  const items = parseList(text, 50)
  return items && toFilters(items)
}

export function toFilters(items: unknown): PropertyFilter[] | null {
  if (!Array.isArray(items)) return null
  const filters: PropertyFilter[] = []
  for (const item of items) {
    if (!isObject(item) || typeof item.property !== 'string' || !isName(item.property)) return null
    const operator = item.operator ?? 'is'
    if (!isKeyOf(OPERATORS, operator)) return null
    if (!needsValue(operator)) filters.push({ property: item.property, operator })
    else if (isFilterValue(item.value)) {
      filters.push({ property: item.property, operator, value: item.value })
    } else return null
  }
  return filters
}

type FilterValue = NonNullable<PropertyFilter['value']>

function isFilterValue(value: unknown): value is FilterValue {
  if (Array.isArray(value)) return value.length > 0 && value.length <= 500 && value.every(isScalar)
  return isScalar(value)
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

export function parseList(text: string, limit: number): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.length <= limit ? value : null
  } catch {
    return null
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

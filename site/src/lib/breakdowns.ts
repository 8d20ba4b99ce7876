import type { AskedInsight } from '@headwater/schemas/insights/insight'
import type { PROPERTY_TYPES } from '@headwater/schemas/insights/property'
import type { SessionProperty } from '@headwater/schemas/insights/session-properties'
import { isKeyOf } from './choices.ts'
import { formatProperty } from './format.ts'
import { type AddressReader, isName, isObject, parseList } from './url-reader.ts'

/** What an answer is split by: a property, or cohorts. */
export type BreakdownQuestion = Extract<AskedInsight, { kind: 'trends' }>['breakdowns'][number]
export type CohortsBreakdown = Extract<BreakdownQuestion, { cohorts: unknown }>
export type PropertyBreakdown = Exclude<BreakdownQuestion, CohortsBreakdown>
export type Owner = (typeof PROPERTY_TYPES)[number]

/** As the contract has it. */
export const MAX_BREAKDOWNS = 3
export const MAX_COHORT_LINES = 25
export const MAX_BINS = 50

/** Whose properties are chosen beside those of the events themselves. */
export const OWNERS: Record<Exclude<Owner, 'event'>, string> = {
  person: 'A property of the person …',
  session: 'A property of the session …',
  group: 'A property of the group …',
}

/** The properties that sessions have. Importing the contract's list would ship zod to browsers. */
export const SESSION_PROPERTIES: Record<SessionProperty, string> = {
  $channel_type: 'Channel',
  $entry_pathname: 'Entry page',
  $exit_pathname: 'Exit page',
  $entry_referring_domain: 'Referrer',
  $entry_country: 'Country',
  $is_bounce: 'Bounced',
  $session_duration: 'Duration, seconds',
  $event_count: 'Number of events',
  $pageview_count: 'Number of page views',
  $entry_utm_source: 'UTM source',
  $entry_utm_medium: 'UTM medium',
  $entry_utm_campaign: 'UTM campaign',
  $entry_utm_term: 'UTM term',
  $entry_utm_content: 'UTM content',
  $entry_hostname: 'Entry host',
  $entry_current_url: 'Entry address',
  $exit_current_url: 'Exit address',
}

export const isByCohorts = (breakdown: BreakdownQuestion): breakdown is CohortsBreakdown =>
  'cohorts' in breakdown

/** The property, when one alone splits: its values are told by it. */
export function onlyProperty(breakdowns: readonly BreakdownQuestion[]): string | undefined {
  const [first, ...more] = breakdowns
  return first && more.length === 0 && !isByCohorts(first) ? first.property : undefined
}

/** The one property of events that splits; null when something else does, undefined when nothing. */
export function plainBreakdown(
  breakdowns: readonly BreakdownQuestion[],
): string | null | undefined {
  const property = onlyProperty(breakdowns)
  const [first] = breakdowns
  if (!first) return undefined
  const isPlain = !('type' in first && (first.type ?? 'event') !== 'event') && !('bins' in first)
  return property !== undefined && isPlain ? property : null
}

/** A property of events stands in the address as `breakdown`; whatever needs more as `breakdowns`, a JSON list. */
export function readBreakdowns(
  read: AddressReader,
  plain: string | undefined,
): BreakdownQuestion[] {
  const fallback = plain === undefined ? [] : [{ property: plain }]
  return read.one<BreakdownQuestion[]>('breakdowns', toBreakdowns, fallback)
}

/** What of a question `commonParams` writes, and the rest. */
export function writeBreakdowns(breakdowns: readonly BreakdownQuestion[]): {
  breakdown?: string
  rest: [string, string][]
} {
  const plain = plainBreakdown(breakdowns)
  if (plain === undefined) return { rest: [] }
  if (plain !== null) return { breakdown: plain, rest: [] }
  return { rest: [['breakdowns', JSON.stringify(breakdowns)]] }
}

/** `browser and plan of the person`: what the lines of an answer are told by. */
export function breakdownsWords(breakdowns: readonly BreakdownQuestion[]): string {
  return breakdowns.map(wordsOf).join(' and ')
}

function wordsOf(breakdown: BreakdownQuestion): string {
  if (isByCohorts(breakdown)) return 'cohort'
  const { type = 'event', group, property } = breakdown
  if (type === 'session') {
    const words = isKeyOf(SESSION_PROPERTIES, property) ? SESSION_PROPERTIES[property] : property
    return `${words.toLowerCase()} of the session`
  }
  const words = formatProperty(property)
  // A name that somebody chose is written as it is.
  const name = words === property ? words : words.toLowerCase()
  return type === 'event' ? name : `${name} of the ${type === 'group' ? group : type}`
}

function toBreakdowns(text: string): BreakdownQuestion[] | null {
  const items = parseList(text, MAX_BREAKDOWNS)?.map(toBreakdown)
  return items && !items.includes(null) ? (items as BreakdownQuestion[]) : null
}

function toBreakdown(item: unknown): BreakdownQuestion | null {
  if (!isObject(item)) return null
  if ('cohorts' in item) return toCohorts(item.cohorts)
  const { type, group, property, bins } = item
  if (typeof property !== 'string' || !isName(property)) return null
  if (type !== undefined && type !== 'event' && !isKeyOf(OWNERS, type)) return null
  if (!(bins === undefined || Number.isInteger(bins))) return null
  return {
    ...(type !== undefined && { type }),
    ...(typeof group === 'string' && { group }),
    property,
    ...(bins !== undefined && { bins: Number(bins) }),
  }
}

// A rule is judged by the API, which names what is wrong with it.
function toCohorts(cohorts: unknown): CohortsBreakdown | null {
  if (!Array.isArray(cohorts) || cohorts.length === 0) return null
  const isLine = (line: unknown): boolean =>
    isObject(line) &&
    (typeof line.cohort === 'string' || isObject(line.cohort)) &&
    (line.name === undefined || typeof line.name === 'string')
  return cohorts.length <= MAX_COHORT_LINES && cohorts.every(isLine) ? { cohorts } : null
}

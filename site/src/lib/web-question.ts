import type { Filters } from '@headwater/schemas/insights/filters'
import type { SessionProperty } from '@headwater/schemas/insights/session-properties'
import type { WebList } from '@headwater/schemas/insights/web-overview'
import type { InsightInputOf } from './api.ts'
import { isKeyOf } from './choices.ts'
import { formatBreakdown } from './format.ts'
import {
  commonParams,
  type Defaults,
  type RangeQuestion,
  type ReadState,
  readBoolean,
  readCommon,
  reader,
} from './url-reader.ts'

// A row of a list that was clicked stands in the address by the list's own name, `country=DE`; one of
// those without any value as an empty text, `utm_source=`.

/** The lists of each card, the first of them shown unless another is chosen. */
export const WEB_CARDS = {
  pages: ['page', 'entry_page', 'exit_page'],
  sources: ['source', 'channel', 'referrer'],
  places: ['country'],
  devices: ['device', 'browser', 'os'],
  campaigns: ['utm_campaign', 'utm_source', 'utm_medium', 'utm_term', 'utm_content'],
} as const satisfies Record<string, readonly WebList[]>
export type WebCard = keyof typeof WEB_CARDS

/** Counts that can be drawn over time. */
export const WEB_METRICS = {
  visitors: 'Visitors',
  sessions: 'Sessions',
  page_views: 'Page views',
} as const
export type WebMetric = keyof typeof WEB_METRICS

export const LIST_WORDS: Record<WebList, string> = {
  page: 'Page',
  entry_page: 'Entry page',
  exit_page: 'Exit page',
  referrer: 'Referrer',
  source: 'Source',
  channel: 'Channel',
  utm_source: 'UTM source',
  utm_medium: 'UTM medium',
  utm_campaign: 'UTM campaign',
  utm_term: 'UTM term',
  utm_content: 'UTM content',
  country: 'Country',
  browser: 'Browser',
  os: 'Operating system',
  device: 'Device',
}

/** At most one row of each list; null stands for those without any value. */
export type WebRows = Partial<Record<WebList, string | null>>

export interface WebQuestion extends Omit<RangeQuestion, 'breakdown'> {
  rows: WebRows
  metric: WebMetric
  compare: boolean
  include_bots: boolean
  /** The list that each card shows. */
  shown: Record<WebCard, WebList>
  /** The card that shows more than the top of its list. */
  more: WebCard | null
}

const SHORT_LIST = 10
const LONG_LIST = 100
/** More than there are countries. */
const ALL_COUNTRIES = 300
const MAX_VALUE_LENGTH = 2_000
const LISTS = Object.keys(LIST_WORDS) as WebList[]
const CARDS = Object.keys(WEB_CARDS) as WebCard[]

export const shortList = <Row>(rows: readonly Row[]): readonly Row[] => rows.slice(0, SHORT_LIST)

/** Whether there may be more of a card's list than its top. Of places all are known. */
export const mayHaveMore = (card: WebCard, rows: number): boolean =>
  card === 'places' ? rows > SHORT_LIST : rows >= SHORT_LIST

export function readWeb(params: URLSearchParams, defaults: Defaults): ReadState<WebQuestion> {
  const read = reader(params)
  const { breakdown: _, ...common } = readCommon(read, defaults)
  const rows: WebRows = {}
  for (const list of LISTS) {
    const value = read.one<string | undefined>(list, readValue, undefined)
    if (value !== undefined) rows[list] = value === '' ? null : value
  }
  const shown = {} as Record<WebCard, WebList>
  for (const card of CARDS) {
    const lists: readonly WebList[] = WEB_CARDS[card]
    const first = WEB_CARDS[card][0]
    shown[card] = read.one(card, (text) => lists.find((list) => list === text) ?? null, first)
  }
  const question: WebQuestion = {
    ...common,
    rows,
    metric: read.one('metric', (text) => (isKeyOf(WEB_METRICS, text) ? text : null), 'visitors'),
    compare: read.one('compare', readBoolean, true),
    include_bots: read.one('include_bots', readBoolean, false),
    shown,
    more: read.one<WebCard | null>('more', (t) => (isKeyOf(WEB_CARDS, t) ? t : null), null),
  }
  return { question, ignored: read.ignored }
}

export function writeWeb(question: WebQuestion): URLSearchParams {
  const params = new URLSearchParams(commonParams(question))
  for (const list of LISTS) {
    const value = question.rows[list]
    if (value !== undefined) params.set(list, value ?? '')
  }
  if (question.metric !== 'visitors') params.set('metric', question.metric)
  if (!question.compare) params.set('compare', 'false')
  if (question.include_bots) params.set('include_bots', 'true')
  for (const card of CARDS) {
    const list = question.shown[card]
    if (list !== WEB_CARDS[card][0]) params.set(card, list)
  }
  if (question.more) params.set('more', question.more)
  return params
}

type Overview = InsightInputOf<'web_overview'>

/** What the page asks: its numbers, the lists of its cards, and every country for the map. */
export function webQueries(
  question: WebQuestion,
): Record<'numbers' | 'lists' | 'places', Overview> {
  const { project, interval, date_from, date_to, time_zone, include_bots, shown, more } = question
  const shared = {
    kind: 'web_overview' as const,
    project,
    interval,
    date_from,
    ...(date_to !== undefined && { date_to }),
    ...(time_zone !== undefined && { time_zone }),
    filters: [
      ...question.filters,
      ...LISTS.flatMap((list) => rowFilters(list, question.rows[list])),
    ],
    include_bots,
  }
  const { places, ...others } = shown
  return {
    numbers: { ...shared, compare: question.compare, lists: [] },
    lists: {
      ...shared,
      compare: false,
      lists: Object.values(others),
      list_limit: more !== null && more !== 'places' ? LONG_LIST : SHORT_LIST,
    },
    places: { ...shared, compare: false, lists: [places], list_limit: ALL_COUNTRIES },
  }
}

type Filter = Filters[number]

const VIEW_PROPERTIES = {
  page: '$pathname',
  country: '$country',
  browser: '$browser',
  os: '$os',
  device: '$device_type',
} as const satisfies Partial<Record<WebList, string>>

const SESSION_PROPERTIES = {
  entry_page: '$entry_pathname',
  exit_page: '$exit_pathname',
  referrer: '$entry_referring_domain',
  channel: '$channel_type',
  utm_source: '$entry_utm_source',
  utm_medium: '$entry_utm_medium',
  utm_campaign: '$entry_utm_campaign',
  utm_term: '$entry_utm_term',
  utm_content: '$entry_utm_content',
} as const satisfies Partial<Record<WebList, SessionProperty>>

const HAS_SESSION: Filter = { property: '$session_id', operator: 'is_set' }

/** The filters that keep what a row of a list counts. */
export function rowFilters(list: WebList, value: string | null | undefined): Filters {
  if (value === undefined) return []
  if (list === 'source') return sourceFilters(value)
  if (isKeyOf(VIEW_PROPERTIES, list)) return [isValue({ property: VIEW_PROPERTIES[list] }, value)]
  const filter = isValue({ type: 'session', property: SESSION_PROPERTIES[list] }, value)
  // A page view without a session has no such property either, and is on no list of sessions.
  return value === null ? [HAS_SESSION, filter] : [filter]
}

// The source is the tagged one, else the referring domain.
function sourceFilters(value: string | null): Filters {
  const tag = { type: 'session', property: SESSION_PROPERTIES.utm_source } as const
  const domain = { type: 'session', property: SESSION_PROPERTIES.referrer } as const
  if (value === null) return [HAS_SESSION, isValue(tag, null), isValue(domain, null)]
  const untagged = { match: 'all' as const, filters: [isValue(tag, null), isValue(domain, value)] }
  return [{ match: 'any', filters: [isValue(tag, value), untagged] }]
}

type Ref = { property: string } | { type: 'session'; property: SessionProperty }

const isValue = (ref: Ref, value: string | null) =>
  value === null
    ? { ...ref, operator: 'is_not_set' as const }
    : { ...ref, operator: 'is' as const, value }

/** A row's value in words; countries by name. */
export function formatRow(list: WebList, value: string | null): string {
  if (value === null && (list === 'source' || list === 'referrer')) return 'Direct or unknown'
  const breakdown = { kind: value === null ? 'none' : 'value', value: value ?? '' } as const
  return formatBreakdown(
    breakdown,
    isKeyOf(VIEW_PROPERTIES, list) ? VIEW_PROPERTIES[list] : undefined,
  )
}

const readValue = (text: string) => (text.length <= MAX_VALUE_LENGTH ? text : null)

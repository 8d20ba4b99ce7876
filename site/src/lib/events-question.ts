import type { PropertyFilter } from '@headwater/schemas/insight'
import type { EventsInput } from '@headwater/schemas/insights/events'
import type { ExportFormat } from '@headwater/schemas/insights/export'
import {
  commonParams,
  type Defaults,
  isName,
  type ReadState,
  readBoolean,
  readCommon,
  reader,
} from './url-reader.ts'

/** Which events are listed, and what is shown of each. */
export interface EventsQuestion {
  project: string
  date_from: string
  date_to?: string | undefined
  time_zone?: string | undefined
  /** Names; empty for all. */
  events: string[]
  filters: PropertyFilter[]
  /** Found anywhere in an event; empty for all. */
  search: string
  /** Properties that get a column. */
  columns: string[]
  include_bots: boolean
}

export const MAX_EVENT_CHOICES = 10
export const MAX_COLUMNS = 12
const DEFAULT_COLUMNS = ['$pathname', '$browser', '$country']
/** In place of the columns of an address that has none: `columns=` alone would be read as absent. */
const NO_COLUMNS = '-'

export const EXPORT_FORMATS: Record<ExportFormat, string> = {
  csv: 'CSV',
  ndjson: 'NDJSON',
  parquet: 'Parquet',
}

export function readEvents(params: URLSearchParams, defaults: Defaults): ReadState<EventsQuestion> {
  const read = reader(params)
  const { interval: _, breakdown: __, ...common } = readCommon(read, defaults)
  const columns = read.all('column', isName, DEFAULT_COLUMNS, MAX_COLUMNS)
  const question: EventsQuestion = {
    ...common,
    date_from: params.has('date_from') ? common.date_from : '-24h',
    events: read.all('event', isName, [], MAX_EVENT_CHOICES),
    search: read.one('search', isName, ''),
    columns: columns[0] === NO_COLUMNS ? [] : columns,
    include_bots: read.one('include_bots', readBoolean, true),
  }
  return { question, ignored: read.ignored }
}

export function writeEvents(question: EventsQuestion): URLSearchParams {
  const { events, search, columns, include_bots, ...common } = question
  const params = new URLSearchParams([
    ...commonParams(common),
    ...events.map((event) => ['event', event]),
    ...(columns.length > 0 ? columns : [NO_COLUMNS]).map((column) => ['column', column]),
  ])
  if (search !== '') params.set('search', search)
  if (!include_bots) params.set('include_bots', 'false')
  return params
}

/** As POST /api/events takes it. */
export function eventsQuery(question: EventsQuestion): EventsInput {
  const { events, search, columns, ...same } = question
  return {
    ...same,
    properties: columns,
    ...(events.length > 0 && { events }),
    ...(search !== '' && { search }),
  }
}

/**
 * Where the browser finds the same events as a file, with a column for each that is shown. An export
 * knows no search. Null for names that have a comma: it ends a name there.
 */
export function exportPath(question: EventsQuestion, format: ExportFormat): string | null {
  if ([...question.events, ...question.columns].some((name) => name.includes(','))) return null
  const { project, date_from, date_to, time_zone, events, filters, columns } = question
  const params = new URLSearchParams({
    ...{ project, format, date_from },
    ...(date_to !== undefined && { date_to }),
    ...(time_zone !== undefined && { time_zone }),
    ...(filters.length > 0 && { filters: JSON.stringify(filters) }),
    include_bots: String(question.include_bots),
  })
  if (events.length > 0) params.set('events', events.join(','))
  if (columns.length > 0) params.set('properties', columns.join(','))
  return `/api/export?${params}`
}

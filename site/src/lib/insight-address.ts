import type { AskedInsight, InsightKind } from '@headwater/schemas/insights/insight'
import { isByCohorts, onlyProperty } from './breakdowns.ts'
import { isKeyOf, WINDOW_UNITS } from './choices.ts'
import { type FunnelView, funnelsQuery, readFunnels, writeFunnels } from './funnels.ts'
import { lifecycleQuery, readLifecycle, writeLifecycle } from './lifecycle.ts'
import { chosenItems, pathsQuery, readPaths, writePaths } from './paths.ts'
import { readRetention, retentionQuery, writeRetention } from './retention.ts'
import { readStickiness, stickinessQuery, writeStickiness } from './stickiness.ts'
import { readTrends, trendsQuery, writeTrends } from './trends.ts'
import { COMPARED, type View } from './trends-words.ts'
import type { TrendQuestion } from './url-state.ts'

export type AskedOf<Kind extends InsightKind> = Extract<AskedInsight, { kind: Kind }>

interface PageAddress {
  page: string
  /** Path and question. */
  href: string
}

type Writer<Kind extends InsightKind> = (query: AskedOf<Kind>) => PageAddress | null

/** The pages that questions open in; one of a kind that is not here opens as a table. */
const PAGES: { [Kind in InsightKind]?: Writer<Kind> } = {
  trends: trendAddress,
  funnel: funnelAddress,
  funnel_time: funnelAddress,
  funnel_trend: funnelAddress,
  funnel_correlation: funnelAddress,
  retention: retentionAddress,
  stickiness: stickinessAddress,
  lifecycle: lifecycleAddress,
  paths: pathsAddress,
}

/** Where a question opens as it is; null when no page can show all of it. */
export function insightAddress(query: AskedInsight): PageAddress | null {
  const write = PAGES[query.kind] as ((query: AskedInsight) => PageAddress | null) | undefined
  return write?.(query) ?? null
}

const VIEW_OF: Record<AskedOf<'trends'>['display'], View> = {
  time: 'line',
  single_number: 'number',
  table: 'table',
  map: 'map',
}

function trendAddress(query: AskedOf<'trends'>): PageAddress | null {
  const { breakdowns, interval, include_bots, formulas, compare, cumulative, smoothing } = query
  const view = VIEW_OF[query.display]
  const to = compare?.to ?? null
  if (to !== null && !isKeyOf(COMPARED, to)) return null
  const params = writeTrends({
    ...commonOf(query),
    ...{ interval, include_bots, formulas, compare: to, cumulative, smoothing, view, breakdowns },
    series: query.series.map(({ event, filters, measure, measure_property, group }) => ({
      ...{ event, measure, filters: plainFilters(filters) },
      ...(measure_property && { measure_property: measure_property.property }),
      ...(group !== undefined && { group }),
    })),
  })
  // A page shows a question exactly when it reads it back out of its own address.
  const { question } = readTrends(params, query)
  return isSame(trendsQuery(question), query) ? { page: 'Trends', href: `/trends?${params}` } : null
}

type FunnelKind = 'funnel' | 'funnel_time' | 'funnel_trend' | 'funnel_correlation'
const VIEW_OF_FUNNEL: Record<FunnelKind, FunnelView> = {
  funnel: 'steps',
  funnel_time: 'time',
  funnel_trend: 'trend',
  funnel_correlation: 'correlation',
}

function funnelAddress(query: AskedOf<FunnelKind>): PageAddress | null {
  const { steps, window, include_bots, order, exclusions, actor } = query
  const { value, unit } = window
  if (!isKeyOf(WINDOW_UNITS, unit)) return null
  const params = writeFunnels({
    ...commonOf(query),
    ...{ include_bots, order, actor, conversion_window: { value, unit } },
    ...(query.kind === 'funnel_correlation'
      ? { ...UNBROKEN, ...correlationOf(query) }
      : brokenOf(query)),
    steps: steps.map(({ event, filters, optional }) => ({
      ...{ event, filters: plainFilters(filters) },
      ...(optional && { optional }),
    })),
    exclusions: exclusions.map(({ to_step = null, filters, ...one }) => ({
      ...{ ...one, to_step, filters: plainFilters(filters) },
    })),
    view: VIEW_OF_FUNNEL[query.kind],
    interval: query.kind === 'funnel_trend' ? query.interval : 'day',
  })
  const { question } = readFunnels(params, query)
  return isSame(funnelsQuery(question), query)
    ? { page: 'Funnels', href: `/funnels?${params}` }
    : null
}

const UNBROKEN = { breakdowns: [], breakdown_limit: 0, attribution: { step: 1 } }

const brokenOf = ({
  breakdowns,
  breakdown_limit,
  attribution,
}: AskedOf<Exclude<FunnelKind, 'funnel_correlation'>>) => ({
  ...{ breakdowns, breakdown_limit, attribution },
  ...{ correlate: null, except: [], min_actors: 1 },
})

// Whose property it is, is missed when the question is read back.
const correlationOf = ({ correlate, min_actors }: AskedOf<'funnel_correlation'>) => ({
  min_actors,
  ...('properties' in correlate
    ? { correlate: correlate.properties.map(({ property }) => property), except: [] }
    : { correlate: null, except: correlate.events.except }),
})

function retentionAddress(query: AskedOf<'retention'>): PageAddress | null {
  const { breakdowns, start, interval, mode, windows, minimum_occurrences, cumulative } = query
  const breakdown = onlyProperty(breakdowns)
  const params = writeRetention({
    ...commonOf(query),
    ...{ interval, mode, windows, minimum_occurrences, cumulative, cells: 'share' },
    ...{ start: start.event, return: query.return.event, periods: query.periods ?? null },
    include_bots: query.include_bots,
    ...(breakdown !== undefined && { breakdown }),
  })
  const asked = retentionQuery(readRetention(params, query).question)
  const read = {
    ...asked,
    ...{ start: { filters: [], ...asked.start }, return: { filters: [], ...asked.return } },
    ...{ actor: 'person', include_sql: false },
  } as AskedOf<'retention'>
  return isSame(read, query) ? { page: 'Retention', href: `/retention?${params}` } : null
}

function stickinessAddress(query: AskedOf<'stickiness'>): PageAddress | null {
  const { breakdowns, interval, include_bots, cumulative, series, criterion } = query
  const breakdown = onlyProperty(breakdowns)
  const params = writeStickiness({
    ...commonOf(query),
    ...{ interval, include_bots, cumulative, bars: 'count' },
    events: series.map(({ event }) => event),
    ...{ operator: criterion.operator, times: criterion.value },
    ...(breakdown !== undefined && { breakdown }),
  })
  const { question } = readStickiness(params, query)
  return isSame(stickinessQuery(question), query)
    ? { page: 'Stickiness', href: `/stickiness?${params}` }
    : null
}

function lifecycleAddress(query: AskedOf<'lifecycle'>): PageAddress | null {
  const { interval, include_bots, activity } = query
  const params = writeLifecycle({
    ...commonOf(query),
    ...{ interval, include_bots, event: activity.event },
  })
  const { question } = readLifecycle(params, query)
  return isSame(lifecycleQuery(question), query)
    ? { page: 'Lifecycle', href: `/lifecycle?${params}` }
    : null
}

function pathsAddress(query: AskedOf<'paths'>): PageAddress | null {
  const { start = null, end = null, through = null, groupings, exclude, steps } = query
  const items = chosenItems(query.items)
  if (items === null) return null
  const params = writePaths({
    ...commonOf(query),
    ...{ items, start, end, through, groupings, exclude, steps },
    ...{ edge_limit: query.edge_limit, session_gap_minutes: query.session_gap_minutes },
    include_bots: query.include_bots,
  })
  const { question } = readPaths(params, query)
  return isSame(pathsQuery(question), query) ? { page: 'Paths', href: `/paths?${params}` } : null
}

function commonOf({ project, date_from, date_to, time_zone, filters }: AskedInsight) {
  return {
    project,
    date_from,
    ...(date_to !== undefined && { date_to }),
    ...(time_zone !== undefined && { time_zone }),
    filters: plainFilters(filters),
  }
}

type PlainFilters = TrendQuestion['filters']

// The rest is missed when the question is read back.
const plainFilters = (filters: AskedInsight['filters']): PlainFilters =>
  filters.filter((filter): filter is PlainFilters[number] => 'property' in filter)

function isSame(a: AskedInsight, b: AskedInsight): boolean {
  return JSON.stringify(sorted(meaning(a))) === JSON.stringify(sorted(meaning(b)))
}

/** Without what means nothing where nothing is broken down by properties. */
function meaning(query: AskedInsight): object {
  if (!('breakdowns' in query) || query.breakdowns.some((one) => !isByCohorts(one))) return query
  return { ...query, breakdown_limit: 0, attribution: null }
}

/** The same with the fields of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, field]) => [name, sorted(field)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

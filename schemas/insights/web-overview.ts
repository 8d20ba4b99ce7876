import { z } from '@hono/zod-openapi'
import { insightFacts, questionFields, type Settled } from './question.ts'
import { Interval } from './range.ts'

/** What a list of the overview counts by. */
export const WEB_LISTS = [
  'page',
  'entry_page',
  'exit_page',
  'referrer',
  'source',
  'channel',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'country',
  'browser',
  'os',
  'device',
] as const
export const WebList = z.enum(WEB_LISTS)
export type WebList = z.infer<typeof WebList>

/** Those that browsers report, by the names under which senders write them. */
export const WEB_VITALS = ['LCP', 'INP', 'CLS', 'FCP'] as const
export const WebVital = z.enum(WEB_VITALS)
export type WebVital = z.infer<typeof WebVital>

export const MAX_WEB_LIST_ROWS = 500

/** How a website is visited, beside the comparable time before. */
export const WebOverviewQuery = z
  .strictObject({
    kind: z.literal('web_overview'),
    ...questionFields,
    /** Of the series. */
    interval: Interval.default('day'),
    /** Who is one visitor. */
    actor: z.enum(['person', 'distinct_id']).default('person'),
    /** Compares with as long a time just before. Never with `date_from` all. */
    compare: z.boolean().default(true),
    /** Which lists to make. @default all of them */
    lists: z
      .array(WebList)
      .max(WEB_LISTS.length)
      .default([...WEB_LISTS]),
    /** Rows of each list. */
    list_limit: z.number().int().min(1).max(MAX_WEB_LIST_ROWS).default(10),
  })
  .openapi('WebOverviewQuery')
export type WebOverviewQuery = Settled<z.infer<typeof WebOverviewQuery>>

/** A number that may be unknown, because there is nothing to divide by. */
const compared = {
  value: z.number().nullable(),
  /** The same of the time before; null when that is not asked for. */
  previous: z.number().nullable(),
  /** (value − previous) / previous; null when either is unknown, or previous is 0. */
  change: z.number().nullable(),
}
export const ComparedNumber = z.object(compared).openapi('ComparedNumber')
export type ComparedNumber = z.infer<typeof ComparedNumber>

/** Instants with the zone's offset; `to` is excluded. */
const Span = z.object({ from: z.string(), to: z.string() })

const series = {
  /** Start of each bucket. */
  buckets: z.array(z.string()),
  visitors: z.array(z.number()),
  sessions: z.array(z.number()),
  page_views: z.array(z.number()),
}

export const WebOverviewResult = z
  .object({
    kind: z.literal('web_overview'),
    range: Span,
    /** The time it is compared with: as much of it as has passed of the range. */
    previous_range: Span.nullable(),
    visitors: ComparedNumber,
    sessions: ComparedNumber,
    page_views: ComparedNumber,
    /** Share of the sessions that were a bounce, 0 to 1. */
    bounce_rate: ComparedNumber,
    /** Mean, seconds. */
    session_duration: ComparedNumber,
    views_per_session: ComparedNumber,
    series: z.object(series),
    previous_series: z.object(series).nullable(),
    lists: z.array(
      z.object({
        list: WebList,
        /** Most visitors first. */
        rows: z.array(
          z.object({
            /** Null stands for those without any. */
            value: z.string().nullable(),
            visitors: z.number(),
            page_views: z.number(),
            /** Null in lists of single page views. */
            sessions: z.number().nullable(),
            bounce_rate: z.number().nullable(),
            session_duration: z.number().nullable(),
          }),
        ),
      }),
    ),
    /** Of those metrics that events carry. */
    web_vitals: z.array(
      z.object({
        metric: WebVital,
        /** 75th percentile: milliseconds, for CLS a score. */
        ...compared,
        samples: z.number(),
        rating: z.enum(['good', 'needs_improvement', 'poor']),
      }),
    ),
    ...insightFacts,
  })
  .openapi('WebOverviewResult')
export type WebOverviewResult = z.infer<typeof WebOverviewResult>

/** Visitors of the range; or only those of a bucket, of a list's row, or with a session that bounced. */
export const WebOverviewSelection = z
  .strictObject({
    /** Of the time before. */
    previous: z.boolean().default(false),
    /** Place in the series. */
    bucket: z.number().int().min(0).optional(),
    row: z.strictObject({ list: WebList, value: z.string().nullable() }).optional(),
    bounced: z.boolean().default(false),
  })
  .superRefine(({ bucket, row, bounced, previous }, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (row && previous) refuse('row', 'cannot be of the time before')
    if (bucket !== undefined && (row || bounced)) refuse('bucket', 'must stand alone')
    else if (row && bounced) refuse('row', 'must stand alone')
  })
  .openapi('WebOverviewSelection')
export type WebOverviewSelection = z.infer<typeof WebOverviewSelection>

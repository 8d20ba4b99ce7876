import { z } from '@hono/zod-openapi'
import { PropertyName } from './property.ts'
import { ProjectId, questionFields, type Settled } from './question.ts'
import { calendarFields, DateBound, DateFrom } from './range.ts'

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const
export const ExportFormat = z.enum(EXPORT_FORMATS)
export type ExportFormat = z.infer<typeof ExportFormat>

/** Columns of an event that can be exported. */
export const EXPORT_COLUMNS = [
  'uuid',
  'event',
  'distinct_id',
  'person_id',
  'session_id',
  'sequence',
  'timestamp',
  'received_at',
  'sent_at',
  'inserted_at',
  'properties',
  'person_set',
  'person_set_once',
  'is_bot',
  'country',
  'region',
  'city',
  'time_zone',
  'browser',
  'browser_version',
  'os',
  'os_version',
  'device_type',
  'current_url',
  'host',
  'pathname',
  'referrer',
  'referring_domain',
  'channel',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'lib',
  'lib_version',
] as const
export const ExportColumn = z.enum(EXPORT_COLUMNS)
export type ExportColumn = z.infer<typeof ExportColumn>

export const MAX_EXPORT_PROPERTIES = 100

/** Every event of a range, as it is. */
export const ExportQuery = z
  .strictObject({
    project: ProjectId,
    format: ExportFormat.default('csv'),
    date_from: DateFrom.default('-7d'),
    /** A date alone means the whole of that day. @default the end of today */
    date_to: DateBound.optional(),
    ...calendarFields,
    /** Only events of these names. @default all */
    events: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
    filters: questionFields.filters,
    /** As the settings of the project tell internal ones. */
    exclude_internal: z.boolean().default(false),
    include_bots: z.boolean().default(true),
    columns: z
      .array(ExportColumn)
      .min(1)
      .max(EXPORT_COLUMNS.length)
      .default([...EXPORT_COLUMNS]),
    /** Properties that get a column of their own, as text, named `properties.<name>`. */
    properties: z.array(PropertyName).max(MAX_EXPORT_PROPERTIES).default([]),
    /** CSV: puts ' before texts that a spreadsheet would run as a formula. */
    spreadsheet_safe: z.boolean().default(false),
  })
  .openapi('ExportQuery')
export type ExportQuery = Settled<z.infer<typeof ExportQuery>>

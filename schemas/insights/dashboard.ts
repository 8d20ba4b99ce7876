import { z } from '@hono/zod-openapi'
import { Filters, FiltersCode } from './filters.ts'
import { InsightQuery } from './insight.ts'
import { DateBound, DateFrom } from './range.ts'
import { Description, Key, Name, savedFacts, Tags } from './saved.ts'
import { idOf } from './saved-id.ts'

export const MAX_TILES = 100
/** Columns of the grid on which tiles lie. */
export const GRID_COLUMNS = 12
const MAX_ROW = 10_000
const MAX_ROWS = 100

const place = {
  /** Column and row of its upper left corner, from 0. */
  x: z
    .number()
    .int()
    .min(0)
    .max(GRID_COLUMNS - 1),
  y: z.number().int().min(0).max(MAX_ROW),
  /** Columns and rows that it takes. */
  w: z.number().int().min(1).max(GRID_COLUMNS),
  h: z.number().int().min(1).max(MAX_ROWS),
}
const text = z.string().min(1).max(5_000).openapi({ example: '## How the week went' })

const tiles = <Insight extends z.ZodType>(insight: Insight) =>
  z
    .array(
      z
        .union([z.strictObject({ insight, ...place }), z.strictObject({ text, ...place })])
        .refine(({ x, w }) => x + w <= GRID_COLUMNS, {
          path: ['w'],
          error: `ends beyond column ${GRID_COLUMNS}`,
        }),
    )
    .max(MAX_TILES)
    .default([])

const common = <Filter extends z.ZodType>(filters: Filter) => ({
  name: Name,
  description: Description,
  tags: Tags,
  /** Asked by every tile instead of its own dates. @default each tile's own */
  date_from: DateFrom.optional(),
  /** Together with `date_from` only. @default the end of today */
  date_to: DateBound.optional(),
  /** Must hold in every tile, besides its own filters. */
  filters,
})

/** Insights and texts on a page, in the order in which they are read. */
export const dashboardBody = { ...common(Filters.default([])), tiles: tiles(idOf('insight')) }
export const DashboardBody = z.strictObject(dashboardBody)
export type DashboardBody = z.infer<typeof DashboardBody>

/** The same as code: insights and cohorts are named by their keys. */
export const dashboardCode = { key: Key, ...common(FiltersCode.default([])), tiles: tiles(Key) }

export const SavedDashboard = z
  .object({
    id: idOf('dashboard'),
    ...savedFacts,
    ...dashboardBody,
    /** The insights of its tiles, as its dates and filters let them be asked. Not in lists. */
    insights: z
      .array(
        z.object({
          id: idOf('insight'),
          key: Key,
          name: Name,
          description: Description,
          query: InsightQuery,
        }),
      )
      .optional(),
  })
  .openapi('SavedDashboard')
export type SavedDashboard = z.infer<typeof SavedDashboard>

import { ExportQuery } from '@headwater/schemas/insights/export'
import { z } from '@hono/zod-openapi'

const {
  filters,
  columns,
  events,
  properties,
  include_bots,
  exclude_internal: _,
  spreadsheet_safe,
  ...plain
} = ExportQuery.shape

const listOf = <Items extends z.ZodType<unknown, string[]>>(items: Items) =>
  z
    .string()
    .max(20_000)
    .transform((text) => text.split(','))
    .pipe(items)
    .optional()
const flag = z
  .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
  .optional()
  .openapi({ type: 'boolean' })

export type AskedExport = z.infer<typeof ExportQuery>

/** ExportQuery as GET parameters: lists with commas, filters as JSON. */
export const ExportParams = z.strictObject({
  ...plain,
  events: listOf(events.unwrap()).openapi({ type: 'string', example: '$pageview,signup' }),
  columns: listOf(columns.unwrap()).openapi({ type: 'string', example: 'timestamp,event' }),
  properties: listOf(properties.unwrap()).openapi({ type: 'string', example: 'plan,price' }),
  include_bots: flag,
  exclude_internal: flag,
  spreadsheet_safe: flag,
  filters: z
    .string()
    .max(100_000)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        context.addIssue({ code: 'custom', message: 'must be a JSON array' })
        return z.NEVER
      }
    })
    .pipe(filters.unwrap())
    .optional()
    .openapi({ type: 'string', description: 'A JSON array of PropertyFilter.' }),
})

/** What is absent has its default. */
export function toExportQuery(params: z.infer<typeof ExportParams>): AskedExport {
  const given = Object.entries(params).filter(([, value]) => value !== undefined)
  return ExportQuery.parse(Object.fromEntries(given))
}

import { z } from '@hono/zod-openapi'
import { savedFacts } from './saved.ts'
import { idOf } from './saved-id.ts'

/** What happened at a moment, for whoever reads the charts later. */
export const annotationBody = {
  /** RFC 3339; kept in UTC. */
  time: z.iso
    .datetime({ offset: true })
    .transform((time, context) => {
      const at = new Date(time)
      if (!Number.isNaN(at.getTime())) return at.toISOString()
      context.addIssue({ code: 'custom', message: 'is not a time that exists' })
      return z.NEVER
    })
    .openapi({ type: 'string', format: 'date-time', example: '2026-06-01T12:00:00Z' }),
  text: z.string().trim().min(1).max(2_000).openapi({ example: 'Version 2 went out' }),
  /** Where it is shown: everywhere in the project, on one dashboard, or on one insight. */
  scope: z
    .union([
      z.literal('project'),
      z.strictObject({ dashboard: idOf('dashboard') }),
      z.strictObject({ insight: idOf('insight') }),
    ])
    .default('project'),
}
export const AnnotationBody = z.strictObject(annotationBody)
export type AnnotationBody = z.infer<typeof AnnotationBody>

export const SavedAnnotation = z
  .object({ id: idOf('annotation'), ...savedFacts, ...annotationBody, time: z.iso.datetime() })
  .openapi('SavedAnnotation')
export type SavedAnnotation = z.infer<typeof SavedAnnotation>

export const annotationListParams = {
  /** From this moment on. */
  from: z.iso.datetime({ offset: true }).optional(),
  /** Before this moment. */
  to: z.iso.datetime({ offset: true }).optional(),
  /** Those of one dashboard only; `project` for those that are shown everywhere. */
  scope: z
    .union([z.literal('project'), idOf('dashboard'), idOf('insight')])
    .optional()
    .openapi({ type: 'string', example: 'dash_7k2m9xqd' }),
}

// What is saved has in common: an id, a key, versions. And the saved insight itself.
import { z } from '@hono/zod-openapi'
import { InsightQuery } from './insight.ts'
import { ProjectId } from './question.ts'
import { idOf, Key } from './saved-id.ts'

export { Key }

/** Live items of one kind in one project. */
export const MAX_SAVED = 2_000
export const MAX_PAGE = 200
export const DEFAULT_PAGE = 50

// What a line of a list can show: no control character, nothing that is not text.
const LINE = /^[^\p{Cc}\p{Cs}]+$/u
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => LINE.test(text), 'holds a control character')

export const Name = line(200).openapi({ example: 'Weekly page views' })
export const Description = z.string().max(5_000).default('')
export const Tags = z
  .array(line(50))
  .max(20)
  .refine((tags) => new Set(tags).size === tags.length, 'names a tag twice')
  .default([])

/** Which version was changed: a change of an older one is refused. The header If-Match says the same. */
export const Version = z.number().int().min(1)

/** What every saved thing is known by. */
export const savedFacts = {
  key: Key,
  /** One more with every change. */
  version: Version,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  /** Null while it is live. */
  deleted_at: z.iso.datetime().nullable(),
}

export const insightBody = {
  name: Name,
  description: Description,
  tags: Tags,
  /** The question, as POST /api/query takes it; of the same project. */
  query: InsightQuery,
}
export const InsightBody = z.strictObject(insightBody)
export type InsightBody = z.infer<typeof InsightBody>

/** The same as code: its question names no project. */
export const insightCode = {
  key: Key,
  name: Name,
  description: Description,
  tags: Tags,
  query: z
    .looseObject({ kind: z.string() })
    .refine((query) => !('project' in query), {
      path: ['project'],
      error: 'is told by where the document is put',
    })
    .openapi('QuestionCode', {
      description: 'An InsightQuery without its project.',
      example: { kind: 'stickiness', series: [{ event: '$pageview' }] },
    }),
}

export const SavedInsight = z
  .object({ id: idOf('insight'), ...savedFacts, ...insightBody })
  .openapi('SavedInsight')
export type SavedInsight = z.infer<typeof SavedInsight>

/** One state that something had. */
export const historyOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    /** The newest first. */
    versions: z.array(
      z.object({
        version: Version,
        changed_at: z.iso.datetime(),
        /** Who made it: an e-mail address. Null where everybody may, and of versions from before this was kept. */
        author: z.string().nullable(),
        /** Whether this change was its deletion. */
        deleted: z.boolean(),
        item,
      }),
    ),
    /** Pass it as `before` for the next page; null on the last one. */
    next: z.number().nullable(),
  })

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    /** Pass it as `after` for the next page; null on the last one. */
    next: z.string().nullable(),
  })

const limit = z.coerce
  .number()
  .pipe(z.number().int().min(1).max(MAX_PAGE))
  .optional()
  .openapi({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })

export const ProjectParam = z.strictObject({ project: ProjectId })

export const HistoryParams = z.strictObject({
  project: ProjectId,
  limit,
  before: z.coerce.number().pipe(Version).optional().openapi({ type: 'integer', minimum: 1 }),
})

export const listParams = {
  project: ProjectId,
  limit,
  after: z.string().min(1).max(200).optional(),
  /** Text that name, description or a tag holds, upper or lower case. */
  search: z.string().min(1).max(200).optional(),
  tag: z.string().min(1).max(50).optional(),
  /** Shows those that were deleted instead; they can be restored. */
  deleted: z
    .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
    .optional()
    .openapi({ type: 'boolean', default: false }),
}

export const RestoreRequest = z
  .strictObject({
    /** Whose state is wanted again. */
    version: Version,
  })
  .openapi('RestoreRequest')
export type RestoreRequest = z.infer<typeof RestoreRequest>

import { z } from '@hono/zod-openapi'
import { Filters } from './filters.ts'
import { ProjectId, resultFacts } from './question.ts'

export const MAX_PERSONS = 500
export const DEFAULT_PERSONS = 50
export const MAX_TIMELINE = 500
export const MAX_LINKS = 1_000
export const MAX_MERGED = 100

const MAX_NUMBER = 2n ** 64n - 1n

/** The person's number, as answers name persons: digits. */
export const PersonId = z
  .string()
  .regex(/^\d{1,20}$/, 'must be the number of a person, in digits')
  .refine((text) => !/^\d{1,20}$/.test(text) || BigInt(text) <= MAX_NUMBER, 'is too large')
  .openapi({ example: '10487338103938245921' })

const limited = (max: number, usual: number) =>
  z.coerce
    .number()
    .pipe(z.number().int().min(1).max(max))
    .default(usual)
    .openapi({ type: 'integer', minimum: 1, maximum: max, default: usual })

const cursor = z.string().max(200).optional()

/** GET /api/persons. */
export const PersonsParams = z.strictObject({
  project: ProjectId,
  /** Found in a distinct_id, or in the text of a property; case does not matter. */
  search: z.string().min(1).max(200).optional(),
  /** Exactly this one. */
  distinct_id: z.string().min(1).max(200).optional(),
  filters: z.string().max(100_000).transform(parseJson).pipe(Filters).optional().openapi({
    type: 'string',
    description: 'A JSON array of filters of type person.',
    example: '[{"type":"person","property":"plan","value":"pro"}]',
  }),
  limit: limited(MAX_PERSONS, DEFAULT_PERSONS),
  /** `next` of the page before. */
  after: cursor,
})
export type PersonsParams = z.infer<typeof PersonsParams>

const personFields = {
  id: PersonId,
  /** By which the person was known: up to ten in a list, up to a thousand of one person. */
  distinct_ids: z.array(z.string()),
  properties: z.record(z.string(), z.unknown()),
  first_seen: z.iso.datetime(),
  last_seen: z.iso.datetime(),
  events: z.number(),
}
export const Person = z.object(personFields).openapi('Person')
export type Person = z.infer<typeof Person>

/** The last seen first. */
export const PersonList = z
  .object({ persons: z.array(Person), next: z.string().nullable(), ...resultFacts })
  .openapi('PersonList')
export type PersonList = z.infer<typeof PersonList>

export const PersonResult = z.object({ person: Person, ...resultFacts }).openapi('PersonResult')
export type PersonResult = z.infer<typeof PersonResult>

export const TimelineParams = z.strictObject({
  project: ProjectId,
  limit: limited(MAX_TIMELINE, 100),
  /** `next` of the page before. */
  before: cursor,
})

/** The newest first. */
export const Timeline = z
  .object({
    events: z.array(
      z.object({
        uuid: z.string(),
        event: z.string(),
        distinct_id: z.string(),
        timestamp: z.iso.datetime(),
        properties: z.record(z.string(), z.unknown()),
      }),
    ),
    next: z.string().nullable(),
    ...resultFacts,
  })
  .openapi('Timeline')
export type Timeline = z.infer<typeof Timeline>

export const LINK_ENTRY_KINDS = [
  'identify',
  'create_alias',
  'merge_dangerously',
  'merge',
  'undo',
  'redo',
] as const

export const PersonLink = z
  .object({
    uuid: z.uuid(),
    kind: z.enum(LINK_ENTRY_KINDS),
    /** The distinct_id that joins. */
    from: z.string(),
    /** The distinct_id whose person is joined. */
    to: z.string(),
    timestamp: z.iso.datetime(),
    /** What became of a link; null of an undo and a redo. */
    state: z
      .enum(['joined', 'already_joined', 'refused_identified', 'refused_id', 'undone'])
      .nullable(),
    /** Of an undo and a redo: the link that is meant. */
    target: z.uuid().nullable(),
  })
  .openapi('PersonLink')
export type PersonLink = z.infer<typeof PersonLink>

/** Everything that ever linked the person's distinct_ids to others, whether it holds or not. */
export const PersonLinks = z
  .object({
    /** The newest first, up to a thousand. */
    links: z.array(PersonLink),
    total: z.number(),
  })
  .openapi('PersonLinks')
export type PersonLinks = z.infer<typeof PersonLinks>

export const MergeRequest = z
  .strictObject({
    project: ProjectId,
    /** Who stays: the number does not change. */
    into: PersonId,
    persons: z.array(PersonId).min(1).max(MAX_MERGED),
  })
  .openapi('MergeRequest')

export const MergeResult = z
  .object({
    /** Who all of them are now. */
    person: PersonId,
    /** By which the merge can be undone, one for each of the persons. */
    links: z.array(z.uuid()),
  })
  .openapi('MergeResult')

export const LinkRequest = z.strictObject({ project: ProjectId }).openapi('LinkRequest')

export const LinkResult = z
  .object({
    link: PersonLink,
    /** Who the two ends of the link are now. */
    from_person: PersonId,
    to_person: PersonId,
  })
  .openapi('LinkResult')

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' })
    return z.NEVER
  }
}

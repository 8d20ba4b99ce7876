// The API of dead letters: what the query service answers, and what the operator's command shows.
import { z } from '@hono/zod-openapi'
import { ProjectId } from './insight.ts'

export const MAX_LETTERS = 200
export const DEFAULT_LETTERS = 50
export const MAX_REPLAYED_IDS = 1_000
/** Reasons that an answer lists of what was skipped; it counts all. */
export const MAX_SKIPS_LISTED = 1_000

const LETTER_ID = /^[0-9a-f]{8}-(\d{1,10})-(\d{1,16})$/
const MAX_PARTITION = 2 ** 32 - 1

/** A letter's place within its log, as its id has it; null when the text is no id. */
export function placeInLog(id: string): { partition: number; offset: number } | null {
  const match = LETTER_ID.exec(id)
  const [partition, offset] = [Number(match?.[1]), Number(match?.[2])]
  const isPlace = partition <= MAX_PARTITION && Number.isSafeInteger(offset)
  return isPlace ? { partition, offset } : null
}

export const LetterId = z
  .string()
  .refine((id) => placeInLog(id) !== null, 'must be the id of a dead letter, such as 3f9a2c1b-0-17')
  .openapi({ example: '3f9a2c1b-0-17' })

export const LetterSummary = z
  .object({
    id: LetterId,
    project: z.string(),
    dead_at: z.iso.datetime(),
    /** Read from the record as far as that can be; null otherwise. */
    event: z.string().nullable(),
    distinct_id: z.string().nullable(),
    uuid: z.string().nullable(),
    /** Why it can never become a row, in the store's words. */
    error: z.string(),
    /** When it was last put on the log again; null: never. */
    replayed_at: z.iso.datetime().nullable(),
  })
  .openapi('DeadLetterSummary')
export type LetterSummary = z.infer<typeof LetterSummary>

export const LetterList = z
  .object({
    /** The newest first. */
    letters: z.array(LetterSummary),
    /** The `before` of the next page; null: this is the last one. */
    next: LetterId.nullable(),
  })
  .openapi('DeadLetters')
export type LetterList = z.infer<typeof LetterList>

export const REPLAY_OUTCOMES = ['pending', 'stored', 'duplicate', 'dead'] as const

export const LetterReplay = z
  .object({
    replayed_at: z.iso.datetime(),
    uuid: z.string(),
    /** Whether it had another record than the letter. */
    corrected: z.boolean(),
    /** Not judged yet; became a row; skipped, because the event was stored otherwise; died again. */
    outcome: z.enum(REPLAY_OUTCOMES),
    /** The letter that it became when it died again. */
    letter: LetterId.nullable(),
  })
  .openapi('DeadLetterReplay')
export type LetterReplay = z.infer<typeof LetterReplay>

export const Letter = LetterSummary.extend({
  record_key: z.string(),
  /** The record as it was on the log. */
  record: z.string(),
  log: z.object({ id: z.string(), partition: z.number(), offset: z.number() }),
  shard: z.string(),
  seq: z.number(),
  idx: z.number(),
  /** The oldest first. */
  replays: z.array(LetterReplay),
}).openapi('DeadLetter')
export type Letter = z.infer<typeof Letter>

export const ReplayRequest = z
  .strictObject({
    project: ProjectId,
    ids: z.array(LetterId).min(1).max(MAX_REPLAYED_IDS).optional(),
    /** Every letter of the project that was never replayed. */
    all: z.literal(true).optional(),
    /** A corrected record, as JSON text, for the one letter in `ids`. It keeps the letter's uuid. */
    record: z.string().min(1).optional(),
    /** Also letters that were replayed before; never one whose event is stored. */
    force: z.boolean().default(false),
  })
  .superRefine(({ ids, all, record, force }, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (!ids && !all) refuse('ids', 'is required, or all: true')
    if (ids && all) refuse('all', 'cannot be given beside ids')
    if (record !== undefined && ids?.length !== 1) refuse('record', 'needs exactly one id in ids')
    if (force && !ids) refuse('force', 'needs ids')
  })
  .openapi('DeadLetterReplayRequest')
export type ReplayRequest = z.infer<typeof ReplayRequest>

export const SKIP_REASONS = {
  already_replayed: 'it was replayed before; force replays it again',
  already_stored: 'its event is in the store',
  other_project: 'its record names another project; replay it with a corrected record',
} as const
export type SkipReason = keyof typeof SKIP_REASONS

export const ReplayResult = z
  .object({
    replayed: z.number(),
    skipped: z.number(),
    /** The first 1,000 of those that were skipped. */
    skips: z.array(
      z.object({
        id: LetterId,
        reason: z.enum(Object.keys(SKIP_REASONS) as [SkipReason, ...SkipReason[]]),
        message: z.string(),
      }),
    ),
  })
  .openapi('DeadLetterReplayResult')
export type ReplayResult = z.infer<typeof ReplayResult>

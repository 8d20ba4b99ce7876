import {
  DEFAULT_LETTERS,
  Letter,
  LetterId,
  LetterList,
  MAX_LETTERS,
  ReplayRequest,
  ReplayResult,
} from '@headwater/schemas/dead-letter'
import { ProjectId } from '@headwater/schemas/insight'
import { createRoute, z } from '@hono/zod-openapi'
import { answers, refusal } from './routes.ts'

export const REPLAY_PATH = '/api/dead-letters/replay'

const project = z.strictObject({ project: ProjectId })
const noLetter = { 404: refusal('There is no such project, or no such dead letter in it') }

export const deadLettersRoute = createRoute({
  method: 'get',
  path: '/api/dead-letters',
  summary: 'Records that could not become rows, the newest first',
  request: {
    query: project.extend({
      limit: z.coerce
        .number()
        .pipe(z.number().int().min(1).max(MAX_LETTERS))
        .optional()
        .openapi({ type: 'integer', minimum: 1, maximum: MAX_LETTERS, default: DEFAULT_LETTERS }),
      /** `next` of the page before. */
      before: LetterId.optional(),
    }),
  },
  responses: { ...answers('A page of letters', LetterList), ...noLetter },
})

export const deadLetterRoute = createRoute({
  method: 'get',
  path: '/api/dead-letters/{id}',
  summary: 'A dead letter with its record, and what became of its replays',
  request: { params: z.object({ id: LetterId }), query: project },
  responses: { ...answers('The letter', Letter), ...noLetter },
})

export const replayRoute = createRoute({
  method: 'post',
  path: REPLAY_PATH,
  summary: 'Put dead letters on the log again, as they are or corrected',
  description:
    'The consumer judges a replayed record anew: it becomes a row, or a new dead letter. Nothing is stored twice by it: a letter whose event is stored is skipped, one that was replayed before is skipped unless `force` is set, and copies on the log are recognised by their uuid.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: ReplayRequest,
          example: { project: 'default', ids: ['3f9a2c1b-0-17'] },
        },
      },
    },
  },
  responses: {
    ...answers('How many letters are on the log again, and which were skipped', ReplayResult),
    ...noLetter,
    413: refusal('The body is too big'),
    503: refusal('Store or log are away, or there is no log to append to'),
  },
})

import {
  HistoryParams,
  historyOf,
  Key,
  listParams,
  ProjectParam,
  pageOf,
  RestoreRequest,
  savedFacts,
  Version,
} from '@headwater/schemas/insights/saved'
import { idOf } from '@headwater/schemas/insights/saved-id'
import { createRoute, z } from '@hono/zod-openapi'
import { accessErrors, answers, refusal } from '../routes.ts'
import type { AnyKind } from './operations.ts'

const conflicts = {
  409: refusal(
    'It was changed meanwhile (`version_conflict`), the key is taken (`key_taken`), something uses it (`in_use`), or there are too many (`limit_reached`)',
  ),
}
const errors = (noun: string) => ({
  404: refusal(`There is no such project, or no such ${noun} in it`),
  503: refusal('This service keeps nothing (`not_configured`), or its database is away'),
})
/** Which version is changed, when the body does not say it. */
export const headers = z.object({
  'if-match': z
    .string()
    .regex(/^(W\/)?"\d{1,9}"$/, 'must be a version in quotes, such as "3"')
    .optional()
    .openapi({ description: 'The version that is changed: the ETag that reading it answered.' }),
})

const body = (schema: z.ZodType, example: object) => ({
  required: true,
  content: { 'application/json': { schema, example } },
})

/** The routes of a kind. */
export function savedRoutes(kind: AnyKind) {
  const { path, kind: noun, fields, example, shown: item } = kind
  const tags = [`Saved: ${noun}s`]
  const one = `${path}/{id}`
  const Noun = `${noun[0]?.toUpperCase()}${noun.slice(1)}`
  const params = z.object({ id: idOf(noun) })
  const inProject = { query: ProjectParam }
  const common = errors(noun)
  return {
    list: createRoute({
      method: 'get',
      path,
      tags,
      summary: `List the ${noun}s of a project`,
      request: { query: z.strictObject({ ...listParams, ...kind.list?.params }) },
      responses: { ...answers(`A page of ${noun}s`, pageOf(item)), ...common },
    }),
    create: createRoute({
      method: 'post',
      path,
      tags,
      summary: `Save a new ${noun}`,
      request: {
        ...inProject,
        body: body(
          z.strictObject({ key: Key.optional(), ...fields }).openapi(`New${Noun}`),
          example,
        ),
      },
      responses: {
        201: answers(`The ${noun}, with its id`, item)[200],
        400: refusal('It is not valid; names the field and the values it may have'),
        ...accessErrors,
        ...conflicts,
        ...common,
      },
    }),
    read: createRoute({
      method: 'get',
      path: one,
      tags,
      summary: `Read one ${noun}`,
      request: { params, ...inProject },
      responses: { ...answers(`The ${noun}`, item), ...common },
    }),
    change: createRoute({
      method: 'put',
      path: one,
      tags,
      summary: `Replace one ${noun}`,
      description:
        'The version that was changed is named in the body or in `If-Match`: a change of an older one is refused, so that nobody undoes what they have not seen.',
      request: {
        params,
        ...inProject,
        headers,
        body: body(
          z
            .strictObject({ key: Key.optional(), version: Version.optional(), ...fields })
            .openapi(`Changed${Noun}`),
          { version: 1, ...example },
        ),
      },
      responses: { ...answers(`The ${noun} as it is now`, item), ...conflicts, ...common },
    }),
    remove: createRoute({
      method: 'delete',
      path: one,
      tags,
      summary: `Delete one ${noun}; it can be restored`,
      request: { params, ...inProject, headers },
      responses: { ...answers(`The ${noun} as it was`, item), ...conflicts, ...common },
    }),
    history: createRoute({
      method: 'get',
      path: `${one}/history`,
      tags,
      summary: `Every version of one ${noun}, the newest first`,
      request: { params, query: HistoryParams },
      responses: { ...answers('A page of versions', historyOf(stateOf(kind))), ...common },
    }),
    restore: createRoute({
      method: 'post',
      path: `${one}/restore`,
      tags,
      summary: `Make an earlier version of one ${noun} its newest`,
      request: { params, ...inProject, body: body(RestoreRequest, { version: 1 }) },
      responses: { ...answers(`The ${noun} as it is now`, item), ...conflicts, ...common },
    }),
  }
}

const stateOf = ({ fields }: AnyKind) => z.object({ key: savedFacts.key, ...fields })

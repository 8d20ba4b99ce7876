import {
  ApiError,
  EventNames,
  Freshness,
  FunnelQuery,
  FunnelResult,
  ProjectId,
  PropertyNames,
  TrendResult,
} from '@headwater/schemas/insight'
import { createRoute, z } from '@hono/zod-openapi'
import { TrendParams } from './parse.ts'

const json = <Schema extends z.ZodType>(schema: Schema) => ({ 'application/json': { schema } })
export const refusal = (description: string) => ({ description, content: json(ApiError) })

/** What every operation answers to who may not. */
export const accessErrors = {
  401: refusal('The credential is missing, or nobody has it'),
  403: refusal('The role in the project does not allow this; names those that do'),
}
const errors = {
  400: refusal('The question is not valid; names the field and the values it may have'),
  ...accessErrors,
  404: refusal('There is no such project'),
  429: refusal('Too many questions of the project wait; Retry-After says when to come back'),
  503: refusal('The store is away or busy; Retry-After says when to come back'),
  504: refusal('The question needs more time or memory than it may have'),
}
export const answers = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  200: { description, content: json(schema) },
  ...errors,
})

export const trendRoute = createRoute({
  method: 'get',
  path: '/api/trends',
  summary: 'Count an event, or its persons, over time',
  request: { query: TrendParams },
  responses: answers('One number per bucket, per line of the breakdown', TrendResult),
})

export const funnelRoute = createRoute({
  method: 'post',
  path: '/api/funnels',
  summary: 'Count the persons who take ordered steps within a window',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: FunnelQuery,
          example: {
            project: 'default',
            steps: [{ event: '$pageview' }, { event: 'feature_click' }, { event: 'signup_click' }],
            date_from: '-30d',
          },
        },
      },
    },
  },
  responses: answers('How many reached each step, and how long it took them', FunnelResult),
})

const project = z.strictObject({ project: ProjectId })

export const eventNamesRoute = createRoute({
  method: 'get',
  path: '/api/events/names',
  summary: 'Names of the events of the last 90 days',
  request: { query: project },
  responses: answers('Names, the most frequent first', EventNames),
})

export const propertiesRoute = createRoute({
  method: 'get',
  path: '/api/properties',
  summary: 'Names of properties, from a sample of recent events',
  request: {
    query: project.extend({
      event: z.string().min(1).max(200).optional().openapi({ example: '$pageview' }),
    }),
  },
  responses: answers('Names that filters and breakdowns can use', PropertyNames),
})

export const freshnessRoute = createRoute({
  method: 'get',
  path: '/api/freshness',
  summary: 'How far the answers are complete',
  request: { query: project },
  responses: answers('Until when everything is in, and what is on its way', Freshness),
})

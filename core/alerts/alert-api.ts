import { randomUUID } from 'node:crypto'
import {
  type AlertBody,
  Deliveries,
  SnoozeRequest,
  WebhookSecret,
} from '@headwater/schemas/insights/alert'
import { DEFAULT_PAGE, MAX_PAGE, ProjectParam } from '@headwater/schemas/insights/saved'
import { idOf } from '@headwater/schemas/insights/saved-id'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { answers, refusal } from '../query/routes.ts'
import type { AnyKind } from '../query/saved/operations.ts'
import { answerOf, findLive, openSaved, type SavedDeps } from '../query/saved/saved-api.ts'
import type { Logger } from '../shared/logger.ts'
import type { StoredDelivery } from './alert-store.ts'
import { messagesTo } from './channels.ts'
import { testLetter } from './letters.ts'
import type { WatchMetrics } from './metrics.ts'
import { type SendOptions, sendersOf } from './senders.ts'
import { deliveryAs } from './status.ts'
import { sendOne } from './watch.ts'
import { webhookSecret } from './webhook.ts'

export interface AlertDeps extends SavedDeps, SendOptions {
  logger: Logger
  watchMetrics: WatchMetrics
}

/** The sender has this long; until then nobody else sends the message. */
const TEST_CLAIM_MS = 60_000

const problems = (noun: string) => ({
  404: refusal(`There is no such project, or no such ${noun} in it`),
  503: refusal('This service keeps nothing (`not_configured`), or its database is away'),
})

function routesOf({ path, kind, shown }: AnyKind) {
  const common = {
    tags: [`Saved: ${kind}s`],
    request: { params: z.object({ id: idOf(kind) }), query: ProjectParam },
  }
  return {
    snooze: createRoute({
      ...common,
      method: 'post',
      path: `${path}/{id}/snooze`,
      summary: `Leave one ${kind} alone for a while`,
      description:
        'It is not looked at until then, and stands as it stood. What still holds afterwards is told then.',
      request: {
        ...common.request,
        body: {
          required: true,
          content: {
            'application/json': {
              schema: SnoozeRequest,
              example: { until: '2026-06-18T08:00:00Z' },
            },
          },
        },
      },
      responses: { ...answers(`The ${kind}`, shown), ...problems(kind) },
    }),
    test: createRoute({
      ...common,
      method: 'post',
      path: `${path}/{id}/test`,
      summary: `Send a test to every channel of one ${kind}, now and once`,
      responses: { ...answers('What became of each', Deliveries), ...problems(kind) },
    }),
    deliveries: createRoute({
      ...common,
      method: 'get',
      path: `${path}/{id}/deliveries`,
      summary: `What one ${kind} has sent in the last 30 days, the newest first`,
      request: {
        ...common.request,
        query: ProjectParam.extend({
          limit: z.coerce
            .number()
            .pipe(z.number().int().min(1).max(MAX_PAGE))
            .optional()
            .openapi({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE }),
        }),
      },
      responses: { ...answers('The messages', Deliveries), ...problems(kind) },
    }),
  }
}

const secretRoute = createRoute({
  method: 'get',
  path: '/api/webhooks/secret',
  tags: ['Saved: alerts'],
  summary: 'The secret with which a project’s messages are signed',
  description:
    'Messages carry `webhook-id`, `webhook-timestamp` and `webhook-signature` as in the Standard Webhooks specification.',
  request: { query: ProjectParam },
  responses: { ...answers('The secret', WebhookSecret), ...problems('secret') },
})

/** GET /api/webhooks/secret. */
export function addWebhookSecret(app: OpenAPIHono, deps: AlertDeps): void {
  app.openapi(secretRoute, async (c) => {
    const { project } = c.req.valid('query')
    await openSaved(project, deps)
    return c.json({ secret: webhookSecret(deps.webhooks.secret, project) }, 200)
  })
}

/** What alerts and subscriptions can do besides being saved: snooze, test, and tell what they sent. */
export function addNotices(app: OpenAPIHono, kind: AnyKind, deps: AlertDeps): void {
  const { clock, logger, watchMetrics: metrics } = deps
  const routes = routesOf(kind)
  const senders = sendersOf(deps)
  const find = async (project: string, id: string) => {
    const metadata = await openSaved(project, deps)
    return { metadata, item: await findLive(metadata.saved, project, kind.kind, id) }
  }

  app.openapi(routes.snooze, async (c) => {
    const { until } = c.req.valid('json')
    const { metadata, item } = await find(c.req.valid('query').project, c.req.valid('param').id)
    await metadata.alerts.snooze(item, until === null ? null : Date.parse(until))
    return c.json((await answerOf(kind, item, metadata)) as never, 200)
  })

  app.openapi(routes.test, async (c) => {
    const { project } = c.req.valid('query')
    const { metadata, item } = await find(project, c.req.valid('param').id)
    const { alerts } = metadata
    const now = clock()
    const { name, channels } = item.body as AlertBody
    const data = { project, [kind.kind]: { id: item.id, key: item.key, name } }
    const contents = {
      webhook: () => ({ type: 'test', timestamp: new Date(now).toISOString(), data }),
      email: () => testLetter({ project, name, now }, kind.kind),
    }
    const messages = messagesTo(channels, 'test', contents, randomUUID)
    await alerts.enqueue(item, messages, now, now + TEST_CLAIM_MS)
    const tests = messages.map(
      (message): StoredDelivery => ({
        ...message,
        ...{ project, source: item.id, state: 'pending', attempts: 1, status: null, problem: null },
        ...{ created_at: now, next_at: now, done_at: null },
      }),
    )
    await Promise.all(tests.map((test) => sendOne(test, now, { alerts, senders, logger, metrics })))
    const ids = new Set<string>(messages.map(({ id }) => id))
    const sent = (await alerts.deliveriesOf(item, MAX_PAGE)).filter(({ id }) => ids.has(id))
    return c.json({ items: sent.map(deliveryAs) }, 200)
  })

  app.openapi(routes.deliveries, async (c) => {
    const { project, limit = DEFAULT_PAGE } = c.req.valid('query')
    const { metadata, item } = await find(project, c.req.valid('param').id)
    const sent = await metadata.alerts.deliveriesOf(item, limit)
    return c.json({ items: sent.map(deliveryAs) }, 200)
  })
}

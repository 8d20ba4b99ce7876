import { readFileSync } from 'node:fs'
import { Deliveries, SavedAlert, SavedSubscription } from '@headwater/schemas/insights/alert'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CacheLevels } from '../query/cache-levels.ts'
import { QueryRunner } from '../query/run.ts'
import { metadataOn } from '../query/saved/metadata.ts'
import { openSavedApi, type SavedApi } from '../query/saved/test-saved.ts'
import { openTestApi, type TestApi } from '../query/test-api.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { askAsOf } from './ask.ts'
import { createWatchMetrics } from './metrics.ts'
import { savedAlert } from './saved-alert.ts'
import { savedSubscription } from './saved-subscription.ts'
import { sendersOf } from './senders.ts'
import { isSigned, openReceiver, type Receiver } from './test-alerts.ts'
import { lookAtAll, sendAll } from './watch.ts'

const webhooks = { secret: 's'.repeat(32), privateHosts: ['127.0.0.1'] }
const HOUR_MS = 3_600_000

let api: SavedApi
let events: TestApi
let receiver: Receiver
beforeAll(async () => {
  receiver = await openReceiver()
  events = await openTestApi()
  api = await openSavedApi({ webhooks, store: events.store })
})
afterAll(async () => {
  await api.close()
  await events.remove()
  await receiver.close()
})

const at = (project: string, rest = '') => `/api/alerts${rest}?project=${project}`
const question = (project: string, more: object = {}) => ({
  ...{ kind: 'trends', project, series: [{ event: '$pageview' }], date_from: '-2d' },
  ...more,
})
const insight = async (project: string, more: object = {}): Promise<string> => {
  const body = { name: 'visits', query: question(project, more) }
  return (await api.made(`/api/insights?project=${project}`, body)).id
}
const alertOn = (id: string, more: object = {}) => ({
  name: 'many',
  insight: id,
  condition: { type: 'above', threshold: 1 },
  every: 'day',
  channels: [{ type: 'webhook', url: receiver.url }],
  ...more,
})

/** A round of the watcher on the store's events. */
async function round(now: number): Promise<void> {
  const { store } = events
  const freshness = { read: async () => ({ complete_until: now, lag_records: 0 }) }
  const cache = new CacheLevels([], { cacheAsked() {}, cacheFailed() {} })
  const runner = new QueryRunner({ store, freshness, cache, timeoutMs: 20_000 })
  let messages = 0
  const deps = {
    ...(await metadataOn(() => api.db)()),
    ask: askAsOf({ runner, store, timeoutMs: 20_000 }),
    newMessageId: () => `${now} ${messages++}`,
    freshness,
    senders: sendersOf({ webhooks }),
    logger: silentLogger,
    metrics: createWatchMetrics(createMetrics()),
    holder: 'test',
  }
  await lookAtAll(now, deps)
  await sendAll(now, deps)
}

describe('an alert', () => {
  it('is told of what the store holds, on the day after it happened', async () => {
    const id = await insight('real')
    const alert = await api.made(at('real'), alertOn(id))
    expect(SavedAlert.parse(alert)).toEqual(alert)
    expect(alert.status).toMatchObject({ state: 'unknown', interval_end: null })
    const today = Math.floor(api.now / 86_400_000) * 86_400_000
    const visit = (hours: number) => ({
      project_id: 'real',
      event: '$pageview',
      timestamp: today + hours * HOUR_MS,
    })
    await events.insert([visit(-30), visit(-2), visit(-1), visit(1), visit(2), visit(3)])
    await round(today - 24 * HOUR_MS)
    await round(today)
    await round(today + 12 * HOUR_MS)
    expect(receiver.received.map(({ body }) => [body.type, body.data.value])).toEqual([
      ['alert.firing', 2],
    ])
    const { body } = await api.get(at('real', `/${alert.id}`))
    expect(body.status).toMatchObject({
      state: 'firing',
      value: 2,
      interval_end: new Date(today).toISOString(),
    })
    const other = await api.made(at('real'), { ...alertOn(id), name: 'Not looked at' })
    const list = await api.get(at('real'))
    const stands = list.body.items.map((item: SavedAlert) => [item.id, item.status?.state])
    expect(new Map(stands)).toEqual(
      new Map([
        [alert.id, 'firing'],
        [other.id, 'unknown'],
      ]),
    )
    const log = await api.get(at('real', `/${alert.id}/deliveries`))
    expect(Deliveries.parse(log.body)).toEqual(log.body)
    expect(log.body.items).toMatchObject([{ reason: 'firing', state: 'sent', status: 200 }])
  })

  it('is told that nobody got through a funnel, also when nobody came at all', async () => {
    const steps = [{ event: 'never' }, { event: 'ever' }]
    const body = { name: 'f', query: { kind: 'funnel', project: 'nobodies', steps } }
    const { id } = await api.made('/api/insights?project=nobodies', body)
    const condition = { type: 'below', threshold: 1 }
    const alert = { condition, value: 'groups.0.steps.1.count' }
    await api.made(at('nobodies'), alertOn(id, alert))
    receiver.received.length = 0
    await round(api.now)
    const told = receiver.received.filter(({ body }) => body.data.project === 'nobodies')
    expect(told.map(({ body }) => [body.type, body.data.value])).toEqual([['alert.firing', 0]])
  })

  it('sends a signed test at once, and says what became of it', async () => {
    const { id } = await api.made(at('test'), alertOn(await insight('test')))
    const { secret } = (await api.get('/api/webhooks/secret?project=test')).body
    receiver.received.length = 0
    const sent = await api.call('POST', at('test', `/${id}/test`))
    expect(sent.body.items).toMatchObject([{ reason: 'test', state: 'sent', attempts: 1 }])
    const [received] = receiver.received
    expect(received?.body).toMatchObject({ type: 'test', data: { alert: { id } } })
    expect(received && isSigned(received, secret)).toBe(true)
    receiver.status = 500
    const failed = await api.call('POST', at('test', `/${id}/test`))
    receiver.status = 200
    expect(failed.body.items).toMatchObject([{ state: 'failed', status: 500, next_at: null }])
  })

  it('reaches nothing inside when it was not allowed to', async () => {
    const guarded = await openSavedApi({ webhooks: { secret: webhooks.secret } })
    const path = '/api/insights?project=ssrf'
    const { id } = await guarded.made(path, { name: 'x', query: question('ssrf') })
    const alert = await guarded.made(at('ssrf'), alertOn(id))
    receiver.received.length = 0
    const { body } = await guarded.call('POST', at('ssrf', `/${alert.id}/test`))
    expect(body.items[0].problem).toContain('is not on the open internet')
    expect(receiver.received).toEqual([])
    await guarded.close()
  })

  it('is snoozed and woken', async () => {
    const { id } = await api.made(at('snooze'), alertOn(await insight('snooze')))
    const snooze = (until: string | null) =>
      api.call('POST', at('snooze', `/${id}/snooze`), { until })
    const { body } = await snooze('2026-06-18T10:00:00+02:00')
    expect(body.status.snoozed_until).toBe('2026-06-18T08:00:00.000Z')
    expect((await snooze(null)).body.status.snoozed_until).toBeNull()
    expect((await snooze('soon')).body.error.field).toBe('until')
  })

  it('keeps its insight from being deleted', async () => {
    const id = await insight('keeps')
    await api.made(at('keeps'), alertOn(id))
    const { body } = await api.call('DELETE', `/api/insights/${id}?project=keeps`)
    expect(body.error.code).toBe('in_use')
  })

  it('is nobody’s but its project’s', async () => {
    const { id } = await api.made(at('mine'), alertOn(await insight('mine')))
    for (const [method, rest, sent] of [
      ['GET', ''],
      ['GET', '/history'],
      ['GET', '/deliveries'],
      ['PUT', '', alertOn(await insight('theirs'), { version: 1 })],
      ['DELETE', ''],
      ['POST', '/restore', { version: 1 }],
      ['POST', '/snooze', { until: null }],
      ['POST', '/test'],
    ] as const) {
      const answer = await api.call(method, at('theirs', `/${id}${rest}`), sent)
      expect([method, rest, answer.status]).toEqual([method, rest, 404])
    }
    const { body } = await api.call('POST', at('theirs'), alertOn(await insight('mine')))
    expect(body.error.field).toBe('insight')
    const secrets = await Promise.all(
      ['mine', 'theirs'].map((p) => api.get(`/api/webhooks/secret?project=${p}`)),
    )
    expect(new Set(secrets.map((answer) => answer.body.secret)).size).toBe(2)
  })

  it.each([
    [{ condition: { type: 'above' } }, 'condition.threshold'],
    [{ condition: { type: 'rises', by: 1 } }, 'condition.type'],
    [{ condition: { type: 'increase', by: 0, unit: 'percent' } }, 'condition.by'],
    [{ every: 'minute' }, 'every'],
    [{ every: 'hour' }, 'every'],
    [{ value: 'series.0.average' }, 'value'],
    [{ value: 'a b' }, 'value'],
    [{ insight: 'ins_00000000' }, 'insight'],
    [{ channels: [] }, 'channels'],
    [{ channels: [{ type: 'webhook', url: 'ftp://example.com' }] }, 'channels.0.url'],
    [{ channels: [{ type: 'webhook', url: 'https://me:pw@example.com' }] }, 'channels.0.url'],
    [{ channels: [{ type: 'pigeon', url: 'https://example.com' }] }, 'channels.0.type'],
    [{ delay_minutes: -1 }, 'delay_minutes'],
    [{ colour: 1 }, 'colour'],
  ])('is refused as %j, naming the field', async (change, field) => {
    const { status, body } = await api.call(
      'POST',
      at('bad'),
      alertOn(await insight('bad'), change),
    )
    expect([status, body.error.field], JSON.stringify(body)).toEqual([400, field])
  })

  it.each([
    [{ breakdowns: [{ property: '$browser' }] }, 'insight'],
    [{ date_from: '2026-01-01', date_to: '2026-02-01' }, 'insight'],
    [{ interval: 'quarter' }, 'every'],
  ])('is refused on an insight like %j', async (change, field) => {
    const id = await insight('odd', change)
    const { status, body } = await api.call('POST', at('odd'), alertOn(id))
    expect([status, body.error.field], JSON.stringify(body)).toEqual([400, field])
  })

  it('is understood as the documentation shows it', async () => {
    const text = readFileSync(new URL('../../docs/insights/alerts.md', import.meta.url), 'utf8')
    const [, body = ''] = /api\/alerts\?project=default.*? -d '(.*?)'\n/s.exec(text) ?? []
    const documented = { ...JSON.parse(body), insight: await insight('documented') }
    await api.made(at('documented'), documented)
  })

  it('looks at numbers that are no line, too', async () => {
    const stickiness = { kind: 'stickiness', project: 'other', series: [{ event: '*' }] }
    const saved = { name: 's', query: stickiness }
    const { id } = await api.made('/api/insights?project=other', saved)
    await api.made(at('other'), alertOn(id, { value: 'series.0.counts.0' }))
    const refused = await api.call('POST', at('other'), alertOn(id))
    expect(refused.body.error.field).toBe('value')
  })
})

describe('a subscription', () => {
  const path = '/api/subscriptions?project=news'

  it('is saved, tested and listed like an alert', async () => {
    const id = await insight('news')
    const body = { ...savedSubscription.example, of: { insight: id } }
    const made = await api.made(path, {
      ...body,
      channels: [{ type: 'webhook', url: receiver.url }],
    })
    expect(SavedSubscription.parse(made)).toEqual(made)
    const test = `/api/subscriptions/${made.id}/test?project=news`
    expect((await api.call('POST', test)).body.items).toMatchObject([{ state: 'sent' }])
    expect((await api.get(path)).body.items).toMatchObject([{ id: made.id }])
    const none = { ...body, of: { dashboard: 'dash_00000000' } }
    expect((await api.call('POST', path, none)).body.error.field).toBe('of.dashboard')
  })

  it('has an example that can be saved once there is what it names', async () => {
    for (const [kind, field] of [
      [savedAlert, 'insight'],
      [savedSubscription, 'of.dashboard'],
    ] as const) {
      const { body } = await api.call('POST', `${kind.path}?project=default`, kind.example)
      expect(body.error.field).toBe(field)
    }
  })
})

// For tests: alerts on a real database with a real receiver; only the numbers are made up.
import { randomUUID } from 'node:crypto'
import { AlertBody, type Channel, SubscriptionBody } from '@headwater/schemas/insights/alert'
import { DashboardBody } from '@headwater/schemas/insights/dashboard'
import type { InsightResult } from '@headwater/schemas/insights/insight'
import { InsightBody } from '@headwater/schemas/insights/saved'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Metadata, metadataOn } from '../query/saved/metadata.ts'
import { randomId } from '../query/saved/names.ts'
import { type AnyKind, changeItem, createItem } from '../query/saved/operations.ts'
import { savedDashboard } from '../query/saved/saved-dashboard.ts'
import { savedInsight } from '../query/saved/saved-insight.ts'
import type { Item } from '../query/saved/saved-store.ts'
import type { MetadataDatabase } from '../query/saved/tables.ts'
import type { OpenDatabase } from '../query/saved/test-metadata.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { mailSender } from './mail.ts'
import { createWatchMetrics } from './metrics.ts'
import { savedAlert } from './saved-alert.ts'
import { savedSubscription } from './saved-subscription.ts'
import { openReceiver, type Receiver } from './test-alerts.ts'
import { type MailReceiver, openMailReceiver } from './test-mail.ts'
import { lookAtAll, sendAll, type WatchDeps } from './watch.ts'
import { webhookSender } from './webhook.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
/** A Wednesday. */
export const MIDNIGHT = Date.UTC(2026, 5, 17)
export const day = (number: number): number => MIDNIGHT + number * DAY_MS
export const SECRET = 's'.repeat(32)

/** Opens a bench before all tests of a suite, clears it before each, and closes it after all. */
export function eachOnBench(open: OpenDatabase, take: (bench: AlertBench) => void): void {
  let bench: AlertBench
  beforeAll(async () => {
    bench = await AlertBench.open(open)
    take(bench)
  }, 60_000)
  beforeEach(() => bench.clear())
  afterAll(() => bench.close())
}

export class AlertBench {
  /** The number of the interval that ends at a moment; 0 where none is set. */
  readonly values = new Map<number, number | null>()
  /** How far the store is complete; undefined: up to now. */
  completeUntil: number | null | undefined
  /** Questions asked so far. */
  asked = 0
  readonly db: MetadataDatabase
  readonly metadata: Metadata
  readonly receiver: Receiver
  readonly mail: MailReceiver

  private constructor(
    db: MetadataDatabase,
    metadata: Metadata,
    receiver: Receiver,
    mail: MailReceiver,
  ) {
    this.db = db
    this.metadata = metadata
    this.receiver = receiver
    this.mail = mail
  }

  static async open(open: OpenDatabase): Promise<AlertBench> {
    const db = await open()
    const metadata = await metadataOn(() => db)()
    return new AlertBench(db, metadata, await openReceiver(), await openMailReceiver())
  }

  async close(): Promise<void> {
    await this.receiver.close()
    await this.mail.close()
    await this.db.destroy()
  }

  /** Forgets everything but the tables. */
  async clear(): Promise<void> {
    for (const table of ['watches', 'deliveries', 'leases', 'versions', 'items'] as const) {
      await this.db.deleteFrom(`insights.${table}`).execute()
    }
    this.values.clear()
    this.completeUntil = undefined
    this.asked = 0
    this.receiver.received.length = 0
    this.receiver.status = 200
    this.mail.received.length = 0
    this.mail.answers = { recipient: 250, message: 250 }
    this.mail.unknown.clear()
  }

  deps(now: number, change: Partial<WatchDeps> = {}): WatchDeps {
    return {
      ...this.metadata,
      ask: async (_, asOf) => {
        this.asked++
        const value = this.values.has(asOf + 1) ? this.values.get(asOf + 1) : 0
        const line = { series: 0, formula: null, period: 'current', breakdown: null }
        const series = [{ ...line, values: [-1, value], total: value }]
        const buckets = [asOf - DAY_MS, asOf].map((ms) => new Date(ms).toISOString())
        return { kind: 'trends', buckets, series } as unknown as InsightResult
      },
      newMessageId: () => randomUUID(),
      freshness: {
        read: async () => ({
          complete_until: this.completeUntil === undefined ? now : this.completeUntil,
          lag_records: 0,
        }),
      },
      senders: {
        webhook: webhookSender({ secret: SECRET, privateHosts: ['127.0.0.1'] }),
        email: mailSender({
          server: { host: '127.0.0.1', port: this.mail.port, secure: false },
          from: { name: '', address: 'alerts@example.com' },
          timeoutMs: 4_000,
        }),
      },
      logger: silentLogger,
      metrics: createWatchMetrics(createMetrics()),
      holder: 'one',
      ...change,
    }
  }

  /** One round, as a process does it. */
  async round(now: number, change: Partial<WatchDeps> = {}): Promise<void> {
    const deps = this.deps(now, change)
    await lookAtAll(now, deps)
    await sendAll(now, deps)
  }

  /** What the receiver was told: the types of the messages, each once. */
  told(): string[] {
    const messages = new Map(this.receiver.received.map(({ id, body }) => [id, body.type]))
    return [...messages.values()]
  }

  /** What people were told by e-mail: address and subject of each message, once. */
  mailed(): string[] {
    const messages = new Map(
      this.mail.received.map(({ headers, to }) => [
        headers.get('message-id'),
        `${to.join()} ${headers.get('subject')}`,
      ]),
    )
    return [...messages.values()].sort()
  }

  /** The numbers of days, from that which ends at `day(0)`. */
  setDays(...values: (number | null)[]): void {
    for (const [i, value] of values.entries()) this.values.set(day(i), value)
  }

  /** Saves an alert of project `p` anew. */
  change(alert: Item, change: Partial<AlertBody>): Promise<Item> {
    return this.metadata.saved.write('p', async (writer) => {
      const now = (await writer.find('p', 'alert', alert.id)) ?? alert
      const body = { ...(alert.body as AlertBody), ...change }
      return changeItem(savedAlert, now, { body }, null, { project: 'p', writer, now: MIDNIGHT })
    })
  }

  webhook(): Channel {
    return { type: 'webhook', url: this.receiver.url }
  }

  email(...to: string[]): Channel {
    return { type: 'email', to: to.length > 0 ? to : ['ann@example.com'] }
  }

  insight(project = 'p', query: object = {}): Promise<Item> {
    const asked = { kind: 'trends', project, series: [{ event: '$pageview' }], ...query }
    return this.save(savedInsight, project, InsightBody.parse({ name: 'visits', query: asked }))
  }

  async alert(change: object = {}, project = 'p', query: object = {}): Promise<Item> {
    const { id } = await this.insight(project, query)
    const channels = [this.webhook()]
    const condition = { type: 'above', threshold: 10 }
    const body = { name: 'many', insight: id, condition, every: 'day', channels, ...change }
    return this.save(savedAlert, project, AlertBody.parse(body))
  }

  subscription(change: object, project = 'p'): Promise<Item> {
    const channels = [this.webhook()]
    const body = SubscriptionBody.parse({ name: 'news', every: 'day', channels, ...change })
    return this.save(savedSubscription, project, body)
  }

  dashboard(body: object, project = 'p'): Promise<Item> {
    return this.save(savedDashboard, project, DashboardBody.parse({ name: 'd', ...body }))
  }

  save(kind: AnyKind, project: string, body: object): Promise<Item> {
    return this.metadata.saved.write(project, (writer) =>
      createItem(kind, randomId(kind.kind), { body }, { project, writer, now: MIDNIGHT }),
    )
  }
}

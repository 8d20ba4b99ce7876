import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allExpressions, figuresIn } from '../prometheus/expressions.ts'
import { type Deployment, type OurService, startDeployment } from './deployment.ts'
import { untilDrained } from './drained.ts'
import { type Metric, type Scrape, scrape } from './scrape.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const DRAIN_LIMIT_MS = 10_000
const TOKEN = 'inv3nted'
/** Added by Prometheus, or of the targets that are not ours. */
const NOT_OURS = /^(up$|ClickHouse)/
const PROMETHEUS_LABELS = new Set(['job', 'instance', 'le'])
const UNITS: Record<string, RegExp> = {
  counter: /_total$/,
  histogram: /_(seconds|bytes)$/,
  gauge: /_(seconds|bytes|ratio|records|events|batches|up|ok)$/,
}
const MOST_SERIES = 150

const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({ consumers: 2 })
})
afterAll(() => deployment.stop())

describe('under load', () => {
  it.each(['bridge', 'consumer-1', 'query', 'auth'])(
    'ends %s within 10 s with exit code 0 when it is told to, and loses nothing',
    async (name) => {
      await underLoad(deployment, ledger, `SIGTERM to ${name}`, async () => {
        await sleep(1_000)
        const asking = askFor(1_500)
        await sleep(500)
        const [told, before] = [Date.now(), deployment.exits.length]
        await deployment.restart(name)
        await expect
          .poll(() => deployment.exits.length, { timeout: 2 * DRAIN_LIMIT_MS, interval: 20 })
          .toBeGreaterThan(before)
        const tookMs = Date.now() - told
        console.log(`${name} ended ${tookMs} ms after SIGTERM`)
        expect(deployment.exits.slice(before)).toEqual([{ name, how: 'exit code 0' }])
        expect(tookMs).toBeLessThan(DRAIN_LIMIT_MS)
        await asking
        await sleep(2_000)
      })
    },
  )
})

it('changes the secret between edge and core without a refused batch', async () => {
  const previous = deployment.env.BRIDGE_SECRET ?? ''
  const fresh = randomBytes(24).toString('hex')
  await underLoad(deployment, ledger, 'another BRIDGE_SECRET', async () => {
    const both = { BRIDGE_SECRET: fresh, BRIDGE_SECRET_PREVIOUS: previous }
    await deployment.configure(['bridge', 'auth', 'query'], both)
    await sleep(1_500)
    await deployment.configure(['edge'], {})
    await sleep(1_500)
    await deployment.configure(['bridge', 'auth'], { BRIDGE_SECRET_PREVIOUS: '' })
    await sleep(1_500)
  })
  const flushes = flushRecords()
  expect(flushes.filter(({ outcome }) => outcome === 'acknowledged').length).toBeGreaterThan(10)
  expect(flushes.filter(({ error = '' }) => /401/.test(error))).toEqual([])
})

describe('the metrics', () => {
  let scrapes: Scrape[]
  beforeAll(async () => {
    await annoy()
    await askFor(500)
    await untilDrained(deployment)
    const consumers = deployment.consumers() as `consumer-${number}`[]
    const names: (OurService | `consumer-${number}`)[] = [
      ...(['edge', 'bridge', 'query', 'auth'] as const),
      ...consumers,
    ]
    scrapes = await Promise.all(names.map((name) => scrape(deployment.url(name))))
  })

  it('have every figure of dashboard and alerts, with the labels that they use', () => {
    const figures = allExpressions()
      .flatMap(figuresIn)
      .filter(({ metric }) => !NOT_OURS.test(metric))
    expect(figures.length).toBeGreaterThan(50)
    for (const { metric, labels } of figures) {
      const found = find(metric)
      expect(found.length, metric).toBeGreaterThan(0)
      for (const label of labels.filter((label) => !PROMETHEUS_LABELS.has(label))) {
        const isThere = found.some(({ samples }) => samples.some(({ labels }) => label in labels))
        expect(isThere, `${metric} has no label ${label}`).toBe(true)
      }
    }
  })

  it('have a unit in their name, and words', () => {
    for (const [name, { type, help }] of ours()) {
      expect(name).toMatch(UNITS[type] ?? /a type/)
      expect(help.length, name).toBeGreaterThan(8)
    }
  })

  it('hold nothing that callers have invented, and stay few', () => {
    for (const [name, { samples }] of ours()) {
      expect(JSON.stringify(samples), name).not.toContain(TOKEN)
      expect(samples.length, name).toBeLessThan(MOST_SERIES)
    }
  })

  it('tell of the process and its event loop, of every service that runs alone', () => {
    for (const metrics of scrapes.slice(1)) {
      for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
        expect(metrics.get(name)?.samples[0]?.value, name).toBeGreaterThanOrEqual(0)
      }
      const checks = metrics.get('headwater_health_ok')?.samples ?? []
      expect(checks.length).toBeGreaterThan(0)
      for (const { labels, value } of checks) expect(value, labels.check).toBe(1)
    }
  })

  it('tell how full each disk is', () => {
    const disks = find('headwater_disk_used_ratio').flatMap(({ samples }) => samples)
    expect(new Set(disks.map(({ labels }) => labels.disk))).toEqual(new Set(['log', 'store']))
    for (const { value } of disks) expect(value).toBeGreaterThan(0)
    for (const { value } of disks) expect(value).toBeLessThanOrEqual(1)
  })

  const find = (name: string): Metric[] =>
    scrapes.flatMap(
      (metrics) => metrics.get(name) ?? metrics.get(name.replace(/_bucket$/, '')) ?? [],
    )
  const ours = (): [string, Metric][] =>
    scrapes.flatMap((metrics) => [...metrics].filter(([name]) => name.startsWith('headwater_')))
})

interface FlushRecord {
  outcome: string
  error?: string
}

/** What the edge has said of its flushes. */
function flushRecords(): FlushRecord[] {
  const log = readFileSync(join(deployment.folder, 'logs/edge.log'), 'utf8')
  return log.split('\n').flatMap((line) => {
    const record = /^\{"event":"flush".*\}$/.exec(line)?.[0]
    return record ? (JSON.parse(record) as FlushRecord) : []
  })
}

/** Questions without a pause, whatever the answer, for so long. */
async function askFor(ms: number): Promise<void> {
  const trends = `${deployment.url('query')}/api/trends?project=default`
  const paths = [`${trends}&event=*`, `${trends}&event=$pageview&breakdown=$country`]
  for (const end = Date.now() + ms; Date.now() < end; ) {
    await Promise.all(paths.map((path) => fetch(path).then(drain, () => {})))
  }
}

/** Names of our callers' invention wherever one can be put. */
async function annoy(): Promise<void> {
  const at = (service: OurService, path: string) => `${deployment.url(service)}${path}`
  const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) })
  const event = { event: TOKEN, distinct_id: TOKEN, properties: { [TOKEN]: TOKEN } }
  const key = { api_key: deployment.writeKey }
  const requests: [string, RequestInit?][] = [
    [at('edge', `/${TOKEN}`)],
    [at('edge', '/batch'), post({ ...key, batch: [event, { [TOKEN]: TOKEN }, TOKEN] })],
    [at('edge', '/batch'), post({ api_key: `wk_${TOKEN}_1_${TOKEN}`, batch: [event] })],
    [at('bridge', `/${TOKEN}`), { method: 'POST', headers: { 'x-headwater-shard': TOKEN } }],
    [at('query', `/${TOKEN}`)],
    [at('query', `/api/trends?project=${TOKEN}&event=${TOKEN}`)],
    [at('query', `/api/trends?project=default&event=${TOKEN}&breakdown=${TOKEN}`)],
    [at('query', `/api/events/names?project=${TOKEN}`)],
    [at('auth', `/${TOKEN}`)],
    [at('auth', `/api/projects/${TOKEN}/write-keys/${TOKEN}`)],
    [at('auth', '/api/auth/sign-in/email'), post({ email: TOKEN, password: TOKEN })],
  ]
  for (const [url, init] of requests) await drain(await fetch(url, init))
}

async function drain(response: Response): Promise<void> {
  await response.body?.cancel()
}

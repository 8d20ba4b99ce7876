import type { AddressInfo } from 'node:net'
import type { EventRow } from '@headwater/schemas/row'
import { serve } from '@hono/node-server'
import type { Browser, Locator, Page } from 'playwright-core'
import { openPglite } from '../../core/auth/database.ts'
import { startIdentity } from '../../core/identity/start.ts'
import { createQueryApp, type QueryAppDeps } from '../../core/query/app.ts'
import { metadataOn } from '../../core/query/saved/metadata.ts'
import type { MetadataTables } from '../../core/query/saved/tables.ts'
import { openTestApi, type TestApi } from '../../core/query/test-api.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { createMetrics } from '../../core/shared/metrics.ts'
import { launchBrowser } from './browser.ts'
import { startSite } from './site-server.ts'

/** The pages before the query API itself, on a store and a database of their own, in Chromium. */
export interface RealSite {
  /** Of the pages. */
  url: string
  apiUrl: string
  /** Under the API. */
  store: TestApi['store']
  insert(facts: readonly Partial<EventRow>[]): Promise<void>
  /** Tells from what was inserted who is who, and what is known of them. */
  identify(): Promise<void>
  /** Asks the API as the pages do. Throws its words when it refuses. */
  call<Body>(method: string, path: string, body?: unknown): Promise<Body>
  openPage(): Promise<TestPage>
  close(): Promise<void>
}

/** A tab, and what it complained of: lines of the console, errors, calls of foreign hosts. */
export interface TestPage {
  page: Page
  complaints: string[]
  /** The shape of a chart that names people by so many words when it is clicked. */
  shape(title: string): Locator
  close(): Promise<void>
}

/**
 * Starts everything on free ports. A process opens the store once: one for a test file.
 * @param deps Besides those of an API that everybody may ask.
 * @param env Of the site.
 */
export async function startRealSite(
  dist: string,
  deps: Partial<QueryAppDeps> = {},
  env: { AUTH_URL?: string } = {},
): Promise<RealSite> {
  const browser = await launchBrowser()
  const api = await openTestApi()
  const identity = startIdentity({ store: api.store, clock: Date.now, logger: silentLogger })
  const db = await openPglite<MetadataTables>('memory://')
  // Pages and API name each other: the port comes first, what answers there after.
  let answer: (request: Request) => Response | Promise<Response> = () => new Response()
  const server = serve({ fetch: (request) => answer(request), hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const site = await startSite(dist, { QUERY_URL: apiUrl, WRITE_KEY: 'wk_default_1_abc', ...env })
  const app = createQueryApp({
    ...{ store: api.store, raw: api.store, writer: api.store, journal: api.store },
    metadata: metadataOn(() => db),
    freshness: { read: async () => ({ complete_until: Date.now(), lag_records: 0 }) },
    projectExists: async (id) => id === 'default',
    timeoutMs: 20_000,
    origins: [site.url],
    hosts: [],
    clock: () => Date.now(),
    logger: silentLogger,
    metrics: createMetrics(),
    ...deps,
  })
  answer = app.fetch
  return {
    url: site.url,
    apiUrl,
    store: api.store,
    insert: api.insert,
    identify: () => identity.catchUp(),
    async call<Body>(method: string, path: string, body?: unknown) {
      const headers = { 'content-type': 'application/json' }
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
      const response = await fetch(apiUrl + path, init)
      if (!response.ok) throw new Error(await response.text())
      return (await response.json()) as Body
    },
    openPage: () => openPage(browser, [apiUrl, site.url, env.AUTH_URL ?? '']),
    async close() {
      await browser.close()
      await site.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await db.destroy()
      await identity.close()
      await api.remove()
    },
  }
}

async function openPage(browser: Browser, allowed: readonly string[]): Promise<TestPage> {
  const context = await browser.newContext({ timezoneId: 'UTC', locale: 'de-DE' })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && !allowed.includes(origin)) complaints.push(request.url())
  })
  return {
    page,
    complaints,
    shape: (title) =>
      page.locator('svg.plot [data-who]').filter({
        has: page.locator('title', { hasText: new RegExp(`^Who: ${escaped(title)}$`) }),
      }),
    close: () => context.close(),
  }
}

const escaped = (text: string) => text.replace(/[$()*+.?[\]^{|}\\]/g, '\\$&')

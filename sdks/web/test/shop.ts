import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { launchBrowser } from '../../../site/test/browser.ts'
import type { ClientOptions, DefaultClient, DeliveryReport } from '../src/index.ts'
import { CaptureServer } from './capture-server.ts'

export const WRITE_KEY = `wk_default_1_${'0'.repeat(32)}`
const DIST = join(import.meta.dirname, '../dist')
const WAIT_MS = 20_000

/** A visitor's browser profile, a site with the SDK, and a capture service on another origin. */
export interface Shop {
  context: BrowserContext
  capture: CaptureServer
  /** Opens a tab on a page of the site; the page has the SDK started unless `head` says otherwise. */
  open(path?: string, options?: OpenOptions): Promise<Page>
  url(path: string): string
  close(): Promise<void>
}

export interface OpenOptions {
  /** Replaces the start of the SDK. */
  head?: string
  options?: ClientOptions
  /** What follows it on the page. */
  after?: string
  /** The page's content security policy. */
  policy?: string
}

/** One browser for a test file, and for each of its tests a shop of its own: what is given is always the latest. */
export function shopForEachTest(): Shop {
  const shop = {} as Shop
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    Object.assign(shop, await openShop(browser))
  })
  afterEach(() => shop.close())
  return shop
}

export async function openShop(browser: Browser): Promise<Shop> {
  const context = await browser.newContext({ locale: 'en-US' })
  const capture = await CaptureServer.start()
  const heads = new Map<string, string>()
  const policies = new Map<string, string>()
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const script = /^\/(analytics(\/[a-z-]+)?\.js|[a-z-]+\.mjs)$/.test(path)
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8')
    if (script) return response.end(readFileSync(join(DIST, path)))
    const head = heads.get(path) ?? heads.get('/') ?? ''
    const policy = policies.get(path)
    if (policy) response.setHeader('content-security-policy', policy)
    response.end(`<!doctype html><title>Page ${path}</title>${head}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`

  return {
    context,
    capture,
    url,
    async open(path = '/', { head, options, after = '', policy } = {}) {
      const [name = '/'] = path.split(/[?#]/)
      heads.set(name, (head ?? startingHead(capture.url, options)) + after)
      if (policy) policies.set(name, policy)
      const page = await context.newPage()
      await page.goto(url(path))
      return page
    },
    async close() {
      await context.close()
      await capture.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Starts the SDK through the queue stub and keeps every report in `window.reports`. */
function startingHead(host: string, options: ClientOptions = {}): string {
  const all = { host, autocapturePageviews: false, flushIntervalMs: 50, ...options }
  return `<script>
    window.reports = []; window.failures = []
    window.headwater = window.headwater || []
    headwater.push(['init', '${WRITE_KEY}', Object.assign(${JSON.stringify(all)}, {
      onDelivery: (report) => reports.push(report), onError: (error) => failures.push(error) })])
  </script><script src="/analytics.js" defer></script>`
}

export interface PageGlobals {
  headwater: DefaultClient
  reports: DeliveryReport[]
  failures: { code: string; message: string; uuids: string[] }[]
}

/** Captures events in the page; returns their uuids. */
export function captureIn(page: Page, ...names: string[]): Promise<string[]> {
  return page.evaluate((events) => {
    const { headwater } = window as unknown as PageGlobals
    return events.map((event) => headwater.capture(event))
  }, names)
}

export function reportsOf(page: Page): Promise<DeliveryReport[]> {
  return page.evaluate(() => (window as unknown as PageGlobals).reports)
}

/** How many events wait in localStorage. */
export function storedIn(page: Page): Promise<number> {
  return page.evaluate(
    () => Object.keys(localStorage).filter((key) => key.includes(':event:')).length,
  )
}

/** Closes a tab as its user does, and waits until it is gone: the browser answers before that. */
export async function leave(page: Page): Promise<void> {
  const gone = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await gone
}

/** Waits until something is so; throws with what it is instead. */
export async function until<Value>(
  read: () => Value | Promise<Value>,
  isSo: (value: Value) => boolean,
): Promise<Value> {
  const deadline = Date.now() + WAIT_MS
  for (;;) {
    const value = await read()
    if (isSo(value)) return value
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

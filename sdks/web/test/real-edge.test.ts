// The scripted service is no proof that the real one is understood: here the script comes from the real edge, and
// what it sends is read from the real core.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signWriteKey } from '@headwater/schemas/write-key'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { SECRETS } from '../../../core/core-process.ts'
import { type CoreAndEdge, startCoreAndEdge } from '../../../infra/local/core-and-edge.ts'
import { launchBrowser } from '../../../site/test/browser.ts'
import { leave, openShop, type PageGlobals, type Shop, until } from './shop.ts'

interface Row {
  uuid: string
  event: string
  distinct_id: string
  pathname: string
  host: string
  utm_source: string
  properties: Record<string, unknown>
  person_set_once: Record<string, unknown>
}

let folder: string
let stack: CoreAndEdge
let writeKey: string
let browser: Browser
let shop: Shop
let requests: string[]
let complaints: string[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-web-edge-'))
  stack = await startCoreAndEdge(folder)
  writeKey = await signWriteKey(SECRETS.WRITE_KEY_SECRET, { project_id: 'default', epoch: 1 })
  browser = await launchBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  shop = await openShop(browser)
  requests = []
  complaints = []
  shop.context.on('request', (request) => requests.push(`${request.method()} ${request.url()}`))
  shop.context.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(message.text())
  })
  shop.context.on('weberror', (error) => complaints.push(String(error.error())))
})
afterEach(() => shop.close())

const head = (scripts: string[], attributes = '') =>
  scripts
    .map((name) => `<script src="${stack.edge.url}${name}" ${attributes} defer></script>`)
    .join('')
    .concat('<link rel="icon" href="data:,"><h1>Shop</h1><button id="buy">Buy</button>')
const key = () => `data-write-key="${writeKey}"`
async function rows(marker: string, count: number): Promise<Row[]> {
  const url = `${stack.core.urls.query}/api/export?project=default&format=ndjson&date_from=all`
  const read = async () => {
    const lines = (await (await fetch(url)).text()).split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as Row).filter((row) => row.pathname === marker)
  }
  return until(read, (found) => found.length >= count)
}
const ofEvent = (found: Row[], name: string) => found.filter(({ event }) => event === name)

it('loads from the edge, and all it sends is stored once, as it was meant', async () => {
  const path = '/landing'
  const page: Page = await shop.open(`${path}?utm_source=news`, {
    head: head(['/analytics.js', '/analytics/autocapture.js', '/analytics/web-vitals.js'], key()),
  })
  await page.click('#buy')
  await page.evaluate(() => {
    const { headwater } = window as unknown as PageGlobals
    headwater.identify('ada', { name: 'Ada' })
    headwater.group('company', 'acme', { seats: 5 })
    headwater.capture('bought', { plan: 'plus' })
  })
  await page.waitForTimeout(300)
  await leave(page)
  await shop.open('/next', { head: head(['/analytics.js'], key()) })
  const found = await rows(path, 6)
  expect(found.map(({ event }) => event).sort()).toEqual([
    ...['$autocapture', '$groupidentify', '$identify', '$pageview', '$web_vitals', 'bought'],
  ])
  expect(ofEvent(found, '$pageview')).toMatchObject([
    { host: new URL(shop.url('/')).host, utm_source: 'news' },
  ])
  expect(ofEvent(found, '$identify')).toMatchObject([
    { distinct_id: 'ada', person_set_once: { $initial_utm_source: 'news' } },
  ])
  expect(ofEvent(found, 'bought')).toMatchObject([
    { distinct_id: 'ada', properties: { plan: 'plus', $groups: { company: 'acme' } } },
  ])
  expect(ofEvent(found, '$autocapture')).toMatchObject([
    { properties: { $el_id: 'buy', $el_text: 'Buy' } },
  ])
  const [vitals] = ofEvent(found, '$web_vitals')
  // An export writes whole numbers as text.
  expect(Number(vitals?.properties.$web_vitals_LCP_value)).toBeGreaterThan(0)
  expect(requests.filter((request) => !/^(GET|POST) /.test(request))).toEqual([])
  expect(complaints).toEqual([])
})

it('is one visitor of the day, over pages and with nothing on the device, where it is cookieless', async () => {
  const scripts = head(['/ingest/analytics.js'], `${key()} data-cookieless`)
  for (const query of ['?1', '?2']) {
    const page = await shop.open(`/cookieless${query}`, { head: scripts })
    await page.waitForFunction(() => 'flush' in (window as unknown as PageGlobals).headwater)
    await page.evaluate(() => (window as unknown as PageGlobals).headwater.flush())
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
  }
  const found = await rows('/cookieless', 2)
  expect(found[0]?.distinct_id).toMatch(/^cookieless_/)
  expect(found[1]?.distinct_id).toBe(found[0]?.distinct_id)
  expect(requests.filter((request) => request.startsWith('POST'))).toEqual([
    `POST ${stack.edge.url}/ingest/e`,
    `POST ${stack.edge.url}/ingest/e`,
  ])
  expect(complaints).toEqual([])
})

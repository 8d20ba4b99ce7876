import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from '../../../site/test/browser.ts'
import type { Fault } from './fault-proxy.ts'
import { itSurvivesOnAPage } from './page-survival.ts'
import { openProject, type Project } from './project.ts'
import { anHourAgo, PROPERTIES, timeOf } from './story.ts'
import { leave, openVisitor, type Visitor } from './visitor.ts'

/** In the page: what both clients have. */
declare const client: {
  track(event: string, properties?: object, options?: object): unknown
  page(category: string, name: string, properties?: object): unknown
  identify(userId: string, traits?: object): unknown
  group(groupId: string, traits?: object): unknown
  alias(to: string, from: string): unknown
  /** RudderStack's keeps the anonymous id unless it is told not to. */
  reset(anonymousIdToo: boolean): unknown
}
declare const start: (writeKey: string, host: string, inBatches: boolean) => Promise<void>
declare const of: (ms: number) => object

const CLIENTS = {
  'Segment’s analytics.js 2': { entry: 'segment.ts', lib: 'analytics.js' },
  'RudderStack’s analytics-js 3': { entry: 'rudderstack.ts', lib: 'RudderLabs JavaScript SDK' },
}
/** An outage answers their dialect with 429; 5xx comes of what stands before us. */
const FAULTS: Fault[] = [{ status: 429, retryAfterS: 1 }, { status: 503 }, 'cut', 'cut after']

let browser: Browser
let project: Project
let visitor: Visitor
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

describe.each(Object.entries(CLIENTS))('%s', (_name, { entry, lib }) => {
  beforeEach(async () => {
    project = await openProject()
    visitor = await openVisitor(browser, entry)
  })
  afterEach(async () => {
    await visitor.close()
    await project.close()
  })

  it('keeps name, time, person and properties of every call, and complains of nothing', async () => {
    const startedAt = anHourAgo()
    const page = await open({ path: '/?utm_source=news' })
    await page.evaluate(
      ([properties, ms]) => {
        client.track('page seen', properties, of(ms))
        client.page('docs', 'Pricing', { tier: 2 })
        client.identify('ann', { name: 'Ann', seats: 3 })
        client.group('acme', { size: 50 })
        client.track('ordered', { total: 12.5 })
        client.alias('ann', 'ann@example.com')
        client.reset(true)
        client.track('after reset')
      },
      [PROPERTIES, startedAt] as const,
    )
    await expect.poll(async () => (await project.events()).length).toBe(7)
    const events = await project.wholeEvents()
    const { distinct_id: anonymous } = events[0] ?? {}
    const visit = { distinct_id: anonymous }
    const known = { distinct_id: 'ann' }
    const $current_url = visitor.url('/?utm_source=news')
    expect(events).toMatchObject([
      {
        ...{ event: 'page seen', ...visit, timestamp: timeOf({ startedAt }, 0) },
        properties: { ...PROPERTIES, $lib: lib, $current_url, utm_source: 'news' },
      },
      {
        ...{ event: '$pageview', ...visit },
        properties: { name: 'Pricing', category: 'docs', tier: 2, $current_url, $title: 'Shop' },
      },
      {
        ...{ event: '$identify', ...known },
        properties: { $anon_distinct_id: anonymous },
        person_set: { name: 'Ann', seats: 3 },
      },
      {
        ...{ event: '$groupidentify', ...known },
        properties: { $group_key: 'acme', $group_set: { size: 50 } },
      },
      { event: 'ordered', ...known, properties: { total: 12.5, $browser: 'Chrome' } },
      { event: '$create_alias', ...known, properties: { alias: 'ann@example.com' } },
      { event: 'after reset' },
    ])
    expect([anonymous, 'ann']).not.toContain(events[6]?.distinct_id)
    await expect
      .poll(async () => (await project.person('ann'))?.properties)
      .toEqual({ name: 'Ann', seats: 3 })
    expect(project.proxy.refused).toEqual([])
    expect(visitor.complaints).toEqual([])
  })

  it('delivers a batch that waits when the page closes', async () => {
    const page = await open({ inBatches: true })
    await capture(page, [1, 2, 3])
    expect(project.proxy.seen).toEqual([])
    await leave(page)
    await expect.poll(async () => (await project.events()).length).toBe(3)
    expect(project.proxy.seen).toHaveLength(1)
    expect(visitor.complaints).toEqual([])
  })

  it('delivers in the next tab what was captured offline in one that was closed', async () => {
    const page = await open()
    await visitor.setOffline(true)
    await capture(page, [1, 2, 3])
    await leave(page)
    await visitor.setOffline(false)
    await open()
    const numbers = async () =>
      (await project.events()).map(({ properties }) => Number(properties.n)).toSorted()
    await expect.poll(numbers, { timeout: 60_000 }).toEqual([1, 2, 3])
  })

  itSurvivesOnAPage(FAULTS, () => ({ project, visitor, open, capture }))
})

/** Opens a page; resolves when its client is ready. */
async function open({ path = '/', inBatches = false } = {}): Promise<Page> {
  const page = await visitor.open(path)
  await page.evaluate(([key, host, batches]) => start(key, host, batches), [
    project.writeKey,
    project.proxy.url,
    inBatches,
  ] as const)
  return page
}

const capture = (page: Page, numbers: readonly number[]): Promise<unknown> =>
  page.evaluate((all) => {
    for (const n of all) void client.track('numbered', { n })
  }, numbers)

import type { Browser, Page } from 'playwright-core'
import type { PostHog } from 'posthog-js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from '../../../site/test/browser.ts'
import type { Fault } from './fault-proxy.ts'
import { itSurvivesOnAPage } from './page-survival.ts'
import { startPostHog } from './posthog-page.ts'
import { openProject, type Project, type StoredEvent } from './project.ts'
import { anHourAgo, PROPERTIES, timeOf } from './story.ts'
import { leave, openVisitor, type Visitor } from './visitor.ts'

/** In the page. */
declare const client: PostHog

let browser: Browser
let project: Project
let visitor: Visitor
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** 429 is not among them: clients throw events away for it, and nobody of ours answers it in this dialect. */
const FAULTS: Fault[] = [{ status: 503, retryAfterS: 1 }, 'cut', 'cut after']

const VERSIONS = {
  'posthog-js 1.449': { entry: 'posthog-js.ts', faults: [...FAULTS, { status: 500 }] },
  // It throws events away for 500, as for 401, 403 and 404.
  'posthog-js 1.57, which sends arrays': { entry: 'posthog-js-array.ts', faults: FAULTS },
}

describe.each(Object.entries(VERSIONS))('%s', (_name, { entry, faults }) => {
  beforeEach(async () => {
    project = await openProject()
    visitor = await openVisitor(browser, entry)
  })
  afterEach(async () => {
    await visitor.close()
    await project.close()
  })

  it('keeps name, time, person and properties of every event, and complains of nothing', async () => {
    const startedAt = anHourAgo()
    const page = await start('/?utm_source=news')
    const anonymous = await page.evaluate(() => client.get_distinct_id())
    await page.evaluate(
      ([properties, time]) => {
        client.capture('page seen', properties, { timestamp: new Date(time) })
        client.register({ tenant: 'north' })
      },
      [PROPERTIES, startedAt] as const,
    )
    await page.click('#buy')
    await page.evaluate(() => {
      client.identify('ann', { name: 'Ann' }, { first_page: '/pricing' })
      client.group('company', 'acme', { size: 50 })
      client.capture('ordered', { total: 12.5, $set: { plan: 'pro' } })
      client.alias('ann@example.com')
      client.reset()
      client.capture('after reset')
    })
    const afterwards = await page.evaluate(() => client.get_distinct_id())
    await expect.poll(() => project.events().then(namesOf)).toContain('after reset')
    await leave(page)
    await expect.poll(() => project.events().then(namesOf)).toContain('$pageleave')

    const events = await project.wholeEvents()
    const visit = { distinct_id: anonymous }
    const known = { distinct_id: 'ann' }
    expect(new Map(events.map((event) => [event.event, event])).size).toBe(events.length)
    expect(byName(events)).toMatchObject({
      'page seen': {
        ...visit,
        timestamp: timeOf({ startedAt }, 0),
        properties: {
          ...PROPERTIES,
          utm_source: 'news',
          $current_url: visitor.url('/?utm_source=news'),
        },
      },
      $pageview: visit,
      $autocapture: { ...visit, properties: { tenant: 'north', $event_type: 'click' } },
      $identify: {
        ...known,
        properties: { $anon_distinct_id: anonymous, tenant: 'north' },
        person_set: { name: 'Ann' },
        person_set_once: { first_page: '/pricing' },
      },
      $groupidentify: {
        ...known,
        properties: { $group_type: 'company', $group_key: 'acme', $group_set: { size: 50 } },
      },
      ordered: {
        ...known,
        properties: { total: 12.5, $groups: { company: 'acme' } },
        person_set: { plan: 'pro' },
      },
      $create_alias: { properties: { alias: 'ann@example.com' } },
      'after reset': { distinct_id: afterwards },
      $pageleave: { distinct_id: afterwards },
    })
    // What was clicked: a chain of elements, or in older versions a list of them.
    expect(JSON.stringify(byName(events).$autocapture)).toContain('Buy now')
    expect(project.proxy.refused).toEqual([])
    expect(visitor.complaints).toEqual([])
  })

  itSurvivesOnAPage(faults, () => ({ project, visitor, open: () => start(), capture }))
})

const start = (path?: string) => startPostHog(visitor, project, { path })

const capture = (page: Page, numbers: readonly number[]): Promise<unknown> =>
  page.evaluate((all) => {
    for (const n of all) client.capture('numbered', { n })
  }, numbers)

const namesOf = (events: readonly StoredEvent[]) => events.map(({ event }) => event)
const byName = (events: readonly StoredEvent[]) =>
  Object.fromEntries(events.map((event) => [event.event, event]))

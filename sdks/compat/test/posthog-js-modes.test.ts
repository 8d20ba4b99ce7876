import type { Browser } from 'playwright-core'
import type { PostHog } from 'posthog-js'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { launchBrowser } from '../../../site/test/browser.ts'
import { startPostHog } from './posthog-page.ts'
import { openProject, type Project } from './project.ts'
import { openVisitor, type Visitor } from './visitor.ts'

/** In the page. */
declare const client: PostHog

let browser: Browser
let project: Project
let visitor: Visitor
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  project = await openProject()
  visitor = await openVisitor(browser, 'posthog-js.ts')
})
afterEach(async () => {
  await visitor.close()
  await project.close()
})

/** Beside where Ann came from, which the client says by itself. */
const ANN = expect.objectContaining({ name: 'Ann', seen: 'after' })

it.each([
  { person_profiles: 'identified_only', profiles: [false, true, true], known: ANN },
  { person_profiles: 'always', profiles: [true, true, true], known: ANN },
  { person_profiles: 'never', profiles: [false, false], known: {} },
])(
  'makes persons of whom person_profiles $person_profiles says',
  async ({ person_profiles, profiles, known }) => {
    const page = await start({ person_profiles })
    await page.evaluate(() => {
      client.capture('before', { $set: { seen: 'before' } })
      client.identify('ann', { name: 'Ann' })
      client.capture('after', { $set: { seen: 'after' } })
    })
    await expect.poll(() => names()).toContain('after')
    const events = await project.wholeEvents()
    expect(events.map(({ properties }) => properties.$process_person_profile)).toEqual(profiles)
    const id = events.at(-1)?.distinct_id ?? ''
    await personsAreTold()
    await expect.poll(async () => (await project.person(id))?.properties).toEqual(known)
    expect(visitor.complaints).toEqual([])
  },
)

it('keeps nothing in the browser in cookieless mode, and its visitor is one all the same', async () => {
  for (const event of ['first', 'second']) {
    const page = await start({ cookieless_mode: 'always' })
    await page.evaluate((name) => client.capture(name), event)
    await expect.poll(() => names()).toContain(event)
    expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(['', 0])
    await page.close()
  }
  const [first, second] = await project.events()
  expect(first?.distinct_id).toMatch(/^cookieless_/)
  expect(second?.distinct_id).toBe(first?.distinct_id)
  expect(visitor.complaints).toEqual([])
})

it('finds no flags, no surveys and no recording, and complains of nothing', async () => {
  const page = await start({ disable_session_recording: false })
  const flags = await page.evaluate(async () => {
    const loaded = new Promise((resolve) => client.onFeatureFlags(resolve))
    client.reloadFeatureFlags()
    client.startSessionRecording()
    return { all: await loaded, beta: client.isFeatureEnabled('beta') ?? null }
  })
  expect(flags).toEqual({ all: [], beta: null })
  await page.waitForLoadState('networkidle')
  expect(project.proxy.refused).toEqual([])
  expect(visitor.complaints).toEqual([])
})

/** Resolves when it is known of whom the events so far tell: of one that comes after them it is. */
async function personsAreTold(): Promise<void> {
  const event = { event: '$set', distinct_id: 'witness', $set: { seen: true } }
  const body = JSON.stringify({ api_key: project.writeKey, ...event })
  await fetch(`${project.proxy.url}/capture`, { method: 'POST', body })
  await expect
    .poll(async () => (await project.person('witness'))?.properties)
    .toEqual({ seen: true })
}

const names = async () => (await project.events()).map(({ event }) => event)

const start = (options: object) =>
  startPostHog(visitor, project, { options: { capture_pageview: false, ...options } })

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { demoHistory } from './demo-history.ts'
import { type FixtureServer, startFixtureServer } from './fixture-server.ts'
import { type SiteServer, startSite } from './site-server.ts'

const DAY_MS = 86_400_000
const NOW = Date.now()

let browser: Browser
let api: FixtureServer
let site: SiteServer
let context: BrowserContext
let page: Page
/** What no page may do: complain in the console, or ask any other host. */
let complaints: string[]
let allowedHosts: string[]

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

beforeEach(async () => {
  api = await startFixtureServer(demoHistory(NOW, 10))
  site = await startSite(inject('dist'), { QUERY_URL: api.url, WRITE_KEY: 'wk_default_1_abc' })
  context = await browser.newContext({ timezoneId: 'UTC', locale: 'de-DE' })
  page = await context.newPage()
  complaints = []
  allowedHosts = [new URL(api.url).host, `127.0.0.1:${site.port}`, `localhost:${site.port}`]
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol !== 'data:' && !allowedHosts.includes(host)) complaints.push(request.url())
  })
})
afterEach(async () => {
  await context.close()
  await site.close()
  await api.close()
})

const open = (path: string) => page.goto(site.url + path)
const text = (selector: string) => page.locator(selector).textContent()
const tile = (name: string) => page.locator('.tile', { hasText: name }).locator('dd')
const card = (name: string) => page.getByRole('region', { name, exact: true })
const alert = () => page.getByRole('alert').first()
const choose = (label: string, option: string) => page.getByLabel(label).selectOption(option)

describe('the Connect page', () => {
  it('leads from the filled form to a dashboard with trend and funnel', async () => {
    await open('/')
    expect(await page.getByLabel('Query API address').inputValue()).toBe(api.url)
    expect(await page.getByLabel('Project').inputValue()).toBe('default')
    await page.getByRole('button', { name: 'Connect & go to Dashboard' }).click()
    await page.waitForURL('**/dashboard**')
    await card('Trend').locator('svg.plot').waitFor()
    await card('Funnel').locator('svg.plot').waitFor()
    expect(complaints).toEqual([])
  })

  it('is filled with the address of one machine unless the deployment says another', async () => {
    const plain = await startSite(inject('dist'), {})
    await page.goto(plain.url)
    expect(await page.getByLabel('Query API address').inputValue()).toBe('http://localhost:8001')
    await plain.close()
  })

  it('works when it is opened as localhost too', async () => {
    await page.goto(`http://localhost:${site.port}/`)
    await expect.poll(() => page.getByLabel('Query API address').inputValue()).toBe(api.url)
    await page.getByRole('button').click()
    await page.waitForURL('**/dashboard**')
    await card('Trend').locator('svg.plot').waitFor()
    expect(complaints).toEqual([])
  })

  it('names the address as the fault when nothing answers there', async () => {
    const closed = await startFixtureServer()
    await closed.close()
    await connectTo(closed.url, 'default')
    expect(await alert().textContent()).toContain(`Cannot reach ${closed.url}`)
    expect(await focusedField()).toBe('url')
    expect(page.url()).toBe(`${site.url}/`)
  })

  it('names the address as the fault when something else answers there', async () => {
    await connectTo(site.url, 'default')
    expect(await alert().textContent()).toContain('is not a Headwater Query API')
    expect(await focusedField()).toBe('url')
  })

  it('names the project as the fault when there is none of that name', async () => {
    await connectTo(api.url, 'nobody')
    expect(await alert().textContent()).toContain('no project "nobody"')
    expect(await focusedField()).toBe('project')
  })

  it('remembers the connection that worked', async () => {
    await connectTo(api.url.replace('http://', ''), 'default')
    await page.waitForURL('**/dashboard**')
    await open('/')
    expect(await page.getByLabel('Query API address').inputValue()).toBe(api.url)
  })

  async function connectTo(url: string, project: string) {
    allowedHosts.push(new URL(url.startsWith('http') ? url : `http://${url}`).host)
    await open('/')
    await page.getByLabel('Query API address').fill(url)
    await page.getByLabel('Project').fill(project)
    await page.getByRole('button', { name: 'Connect & go to Dashboard' }).click()
    if (project === 'default' && url === api.url.replace('http://', '')) return
    await alert().waitFor()
  }
  const focusedField = () => page.evaluate(() => document.activeElement?.id)
})

describe('the dashboard', () => {
  it('shows the same totals that the API answers', async () => {
    await open('/dashboard?date_from=-30d')
    const views = api.events.filter(({ event }) => event === '$pageview').length
    const persons = new Set(api.events.map(({ distinct_id }) => distinct_id)).size
    await expect.poll(() => tile('Page views').textContent()).toBe(String(views))
    await expect.poll(() => tile('Unique persons').textContent()).toBe(String(persons))
    await expect
      .poll(() => tile('Events').textContent())
      .toBe(api.events.length.toLocaleString('en'))
    expect(complaints).toEqual([])
  })

  it('shows a new event within five seconds, in trend and funnel, without a reload', async () => {
    await open('/dashboard')
    const [step1 = '', step3 = ''] = [await stepCount(1), await stepCount(3)]
    const at = Date.now()
    for (const [i, event] of ['$pageview', 'feature_click', 'signup_click'].entries()) {
      api.events.push({ event, distinct_id: 'newcomer', timestamp: at + i, properties: {} })
    }
    await expect.poll(() => stepCount(1), { timeout: 5_000 }).toBe(String(Number(step1) + 1))
    await expect.poll(() => stepCount(3), { timeout: 5_000 }).toBe(String(Number(step3) + 1))
  })

  it('asks nothing while it is paused, and again when resumed', async () => {
    await open('/dashboard')
    await card('Trend').locator('svg.plot').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    const before = api.asked.trends.length
    await page.waitForTimeout(3_500)
    expect(api.asked.trends.length).toBe(before)
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => api.asked.trends.length).toBeGreaterThan(before)
  })

  it('does not draw the same picture twice', async () => {
    await open('/dashboard')
    const plot = await card('Funnel').locator('svg.plot').elementHandle()
    await page.waitForTimeout(3_500)
    expect(await plot?.evaluate((svg) => svg.isConnected)).toBe(true)
  })

  it('says how far it is complete, and how many events are behind', async () => {
    api.lag = 12
    await open('/dashboard')
    await expect
      .poll(() => text('.freshness-text'))
      .toMatch(/^Complete to \d\d:\d\d:\d\d · 12 events behind$/)
    api.lag = 0
    await expect.poll(() => text('.freshness-text')).toMatch(/^Complete to \d\d:\d\d:\d\d$/)
  })

  it('tells a project without events how to send the first, and shows it when it comes', async () => {
    const [first] = api.events.splice(0)
    await open('/dashboard')
    await page.getByRole('heading', { name: 'No events yet' }).waitFor()
    expect(await text('pre')).toContain('"api_key":"wk_default_1_abc"')
    expect(await page.getByRole('link', { name: 'demo shop' }).getAttribute('href')).toBe(
      'http://localhost:8080',
    )
    expect(await text('.freshness-text')).toBe('Waiting for the first event')
    if (first) api.events.push({ ...first, event: '$pageview', timestamp: Date.now() })
    await expect.poll(() => tile('Page views').textContent(), { timeout: 5_000 }).toBe('1')
    expect(complaints).toEqual([])
  })

  it('says that the API is down, and recovers by itself', async () => {
    const port = Number(new URL(api.url).port)
    await api.close()
    await open('/dashboard')
    await page.getByRole('heading', { name: 'No answer from the Query API' }).waitFor()
    expect(await alert().textContent()).toContain(`Cannot reach ${api.url}`)
    api = await startFixtureServer(demoHistory(NOW, 10), port)
    await card('Trend').locator('svg.plot').waitFor({ timeout: 8_000 })
  })

  it('keeps the last picture when the API fails, and says that it is not refreshed', async () => {
    await open('/dashboard')
    await card('Trend').locator('svg.plot').waitFor()
    api.failure = { status: 503, message: 'The store is away.' }
    await expect.poll(() => text('.freshness-text')).toContain('connection lost')
    expect(await card('Trend').locator('svg.plot').count()).toBe(1)
    expect(await alert().textContent()).toContain('The store is away.')
  })

  const stepCount = (step: number) =>
    card('Funnel')
      .locator('tbody tr')
      .nth(step - 1)
      .locator('td')
      .first()
      .textContent()
})

describe('the question in the address', () => {
  it('survives a reload', async () => {
    await open('/trends')
    await choose('Measure', 'unique_persons')
    await choose('Breakdown', '$browser')
    await expect.poll(() => text('.legend')).toContain('Firefox')
    await page.reload()
    await expect.poll(() => text('.legend')).toContain('Firefox')
    expect(await page.getByLabel('Measure').inputValue()).toBe('unique_persons')
    expect(api.asked.trends.at(-1)).toMatchObject({
      measure: 'unique_persons',
      breakdown: '$browser',
    })
    expect(complaints).toEqual([])
  })

  it('goes back one choice with the back button', async () => {
    await open('/trends')
    await choose('Interval', 'week')
    await choose('Interval', 'month')
    await page.goBack()
    await expect.poll(() => page.getByLabel('Interval').inputValue()).toBe('week')
    await page.goBack()
    await expect.poll(() => page.getByLabel('Interval').inputValue()).toBe('day')
    await page.goForward()
    await expect.poll(() => page.getByLabel('Interval').inputValue()).toBe('week')
  })

  it('carries a filter only once it is finished', async () => {
    await open('/trends')
    await page.getByRole('button', { name: '+ Add filter' }).click()
    await choose('Property', '$browser')
    expect(page.url()).not.toContain('filters')
    await page.getByLabel('Value').fill('Safari')
    await page.getByLabel('Value').press('Enter')
    await expect
      .poll(() => new URL(page.url()).searchParams.get('filters'))
      .toBe('[{"property":"$browser","operator":"is","value":"Safari"}]')
    const own = api.events.filter(
      ({ event, properties, timestamp }) =>
        event === '$pageview' &&
        properties.$browser === 'Safari' &&
        timestamp >= Math.floor((NOW - 7 * DAY_MS) / DAY_MS) * DAY_MS,
    )
    await expect.poll(() => text('.legend-total')).toBe(String(own.length))
  })

  it('offers the properties that the project has sent', async () => {
    for (const one of api.events) one.properties.plan = 'pro'
    await open('/trends')
    await page.getByLabel('Breakdown').locator('option[value=plan]').waitFor({ state: 'attached' })
    await choose('Breakdown', 'plan')
    await expect.poll(() => text('.legend')).toContain('pro')
  })

  it('takes a property that is in no list', async () => {
    await open('/trends')
    await page.getByLabel('Breakdown').selectOption({ label: 'Another property …' })
    await page.getByLabel('Breakdown').fill('never sent')
    await page.getByLabel('Breakdown').press('Enter')
    await expect.poll(() => api.asked.trends.at(-1)?.breakdown).toBe('never sent')
    await expect.poll(() => text('.legend')).toContain('(none)')
  })

  it('names what it did not understand', async () => {
    await open('/trends?interval=fortnight')
    await expect.poll(() => text('.notice-warning')).toContain('interval=fortnight')
  })

  it('carries a funnel from the dashboard into the editor', async () => {
    await open('/dashboard?date_from=-30d&time_zone=Europe%2FBerlin')
    await page.getByRole('link', { name: 'Open in Funnels' }).click()
    await page.getByLabel('Step 3', { exact: true }).waitFor()
    expect(await page.getByLabel('Date range').inputValue()).toBe('-30d')
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin')
  })
})

describe('the funnel editor', () => {
  it('asks the steps, their order and the window that were set', async () => {
    await open('/funnels')
    await page.getByRole('button', { name: 'Move step 3 up' }).click()
    await page.getByRole('button', { name: 'Remove step 1' }).click()
    await page.getByLabel('Length').fill('30')
    await page.getByLabel('Length').press('Enter')
    await choose('Unit', 'minute')
    await expect.poll(() => api.asked.funnels.at(-1)?.conversion_window.unit).toBe('minute')
    expect(api.asked.funnels.at(-1)).toMatchObject({
      steps: [{ event: 'signup_click' }, { event: 'feature_click' }],
      conversion_window: { value: 30, unit: 'minute' },
    })
    expect(await card('Persons who took each step').locator('tbody tr').count()).toBe(2)
    expect(complaints).toEqual([])
  })

  it('shows the words and the field of a refused question beside the old answer', async () => {
    await open('/funnels?date_from=2026-11-01')
    await card('Persons who took each step').locator('table').waitFor()
    api.failure = { status: 400, message: 'is not known', field: 'breakdown' }
    await choose('Breakdown', '$country')
    await expect.poll(() => alert().textContent()).toBe('is not known Field: breakdown.')
    // The title is of the question that was refused.
    const asked = card('Persons who took each step, by country')
    expect(await asked.locator('table').count()).toBe(1)
  })
})

describe('every page', () => {
  it.each(['/', '/dashboard', '/trends', '/funnels'])(
    'fits a narrow screen without sideways scrolling: %s',
    async (path) => {
      await page.setViewportSize({ width: 360, height: 740 })
      await open(path)
      await page.locator('main h1').waitFor()
      await page.waitForTimeout(400)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(over).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
    },
  )

  it('gives every field a label and every button a name', async () => {
    for (const path of ['/', '/dashboard', '/trends', '/funnels']) {
      await open(path)
      await page.locator('main h1').waitFor()
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('input, select, button, a')]
          .filter((element) => {
            const labels = 'labels' in element ? (element as HTMLInputElement).labels : null
            return !labels?.length && !element.textContent?.trim()
          })
          .map((element) => element.outerHTML),
      )
      expect(nameless).toEqual([])
    }
  })
})

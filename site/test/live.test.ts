import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { breakableLink } from './breakable-link.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

let site: RealSite
let tab: TestPage
let page: Page

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert([
    { event: 'before', distinct_id: 'ann', timestamp: Date.now(), pathname: '/a', country: 'DE' },
    { timestamp: Date.now(), distinct_id: 'ann', pathname: '/a', country: 'DE' },
  ])
})
afterAll(() => site?.close())

beforeEach(async () => {
  tab = await site.openPage()
  page = tab.page
  await page.goto(`${site.url}/live`)
  await row('before').first().waitFor()
})
afterEach(() => tab.close())

const row = (event: string) =>
  page.getByRole('region', { name: 'Events', exact: true }).getByRole('row', { name: event })
const status = () => page.getByRole('status').first().textContent()
const tile = (name: string) =>
  page.locator('.tile', { hasText: name }).locator('dd').first().textContent()
const arrive = (event: string, distinct_id = 'bob') =>
  site.insert([{ event, distinct_id, timestamp: Date.now(), browser: 'Firefox' }])

describe('the Live page', () => {
  it('shows events as they arrive, the newest first, and counts them', async () => {
    expect(await status()).toBe('Connected')
    await expect.poll(() => tile('Visitors now')).toBe('1')
    expect(await tile('last minute')).toBe('0')
    await arrive('signup')
    await row('signup').waitFor()
    const first = page.getByRole('region', { name: 'Events', exact: true }).locator('tbody tr')
    expect(await first.first().textContent()).toContain('signupbob–Firefox')
    expect(await tile('last minute')).toBe('1')
    await expect.poll(() => tile('Visitors now')).toBe('2')
    expect(tab.complaints).toEqual([])
  })

  it('draws how many arrived, with the same numbers in a table', async () => {
    await arrive('drawn')
    await row('drawn').waitFor()
    await page.locator('svg.plot').waitFor()
    await page.getByText('Show as table').click()
    const counts = await page
      .getByRole('region', { name: 'Chart as a table' })
      .locator('tbody td')
      .allTextContents()
    expect(counts.reduce((sum, text) => sum + (Number(text) || 0), 0)).toBe(1)
  })

  it('leads from a page of the last hour to its visits', async () => {
    await page.getByRole('link', { name: '/a' }).click()
    await page.waitForURL('**/web?**')
    expect(new URL(page.url()).searchParams.get('page')).toBe('/a')
    expect(tab.complaints).toEqual([])
  })

  it('keeps still while it is paused, and misses nothing', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await arrive('while paused')
    await page.getByText('· 1 new').waitFor()
    expect(await row('while paused').count()).toBe(0)
    await page.getByRole('button', { name: 'Resume' }).click()
    await row('while paused').waitFor()
  })

  it('says that it is disconnected, and comes back by itself', async () => {
    const link = await breakableLink(site.apiUrl)
    await page.evaluate(
      (url) =>
        localStorage.setItem('headwater.connection', JSON.stringify({ url, project: 'default' })),
      link.url,
    )
    // A page that never learnt what there is would show nothing but that it cannot.
    const named = page.waitForResponse((answer) =>
      answer.url().startsWith(`${link.url}/api/events/names`),
    )
    await page.reload()
    await named
    await expect.poll(status).toBe('Connected')
    await row('before').waitFor()
    await link.break()
    await expect.poll(status).toBe('Disconnected, trying again')
    expect(await tile('Visitors now')).toBe('…')
    await page.getByText(`Cannot reach ${link.url}`).first().waitFor()
    await arrive('meanwhile')
    await link.mend()
    await row('meanwhile').waitFor()
    expect(await status()).toBe('Connected')
    expect(await row('before').count()).toBe(1)
    await link.break()
  })

  it('says what is wrong with a project that there is not', async () => {
    await page.goto(`${site.url}/live?project=nobody`)
    await page.getByRole('alert').first().waitFor()
    expect(await page.getByRole('alert').first().textContent()).toContain('project')
  })

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBe(0)
  })
})

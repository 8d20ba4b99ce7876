import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

const HOUR_MS = 3_600_000
const START = Math.floor(Date.now() / HOUR_MS) * HOUR_MS

let site: RealSite
let tab: TestPage
let page: Page

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  const visit = (person: string, hoursAgo: number, event: string, country: string) => ({
    ...{ event, person_id: person, distinct_id: person, timestamp: START - hoursAgo * HOUR_MS },
    properties: { $country: country },
  })
  await site.insert([
    visit('ann', 30, '$pageview', 'DE'),
    visit('ann', 29, '$pageview', 'DE'),
    visit('ann', 28, 'signup', 'DE'),
    visit('bob', 27, '$pageview', 'FR'),
  ])
})
afterAll(() => site?.close())
beforeEach(async () => {
  tab = await site.openPage()
  page = tab.page
})
afterEach(() => tab.close())

const open = (path: string) => page.goto(site.url + path)
const main = () => page.getByRole('main')
const dialog = () => page.getByRole('dialog')
const button = (name: string) => page.getByRole('button', { name, exact: true })
const insights = () => site.call<{ items: SavedInsight[] }>('GET', '/api/insights?project=default')

async function save(name: string, more: () => Promise<unknown> = async () => {}): Promise<void> {
  await button('Save').click()
  await dialog().getByLabel('Name', { exact: true }).fill(name)
  await more()
  await dialog().getByRole('button', { name: 'Save' }).click()
  await dialog().getByText('Saved as').waitFor()
}

describe('saving an insight', () => {
  it('keeps the question of the Trends page, which opens again with the same picture', async () => {
    await open('/trends?event=$pageview&event=signup&measure=unique_persons&date_from=-30d')
    await main().locator('.legend').waitFor()
    const legend = await main().locator('.legend').textContent()
    const address = page.url()
    expect(legend).toBe('$pageview 2signup 1')
    await save('Who comes', () => dialog().getByLabel('Description').fill('All of them'))

    const [insight] = (await insights()).items
    expect(insight).toMatchObject({
      name: 'Who comes',
      description: 'All of them',
      query: { kind: 'trends', series: [{ event: '$pageview' }, { event: 'signup' }] },
    })
    await dialog().getByRole('link', { name: 'Open the saved insight' }).click()
    await page.getByRole('heading', { level: 1, name: 'Who comes' }).waitFor()
    await expect.poll(() => main().locator('.legend').textContent()).toBe(legend)
    await page.getByRole('link', { name: 'Open in Trends' }).click()
    await page.waitForURL('**/trends?**')
    await expect.poll(() => main().locator('.legend').textContent()).toBe(legend)
    expect(page.url()).toBe(address)
    expect(tab.complaints).toEqual([])
  })

  it('keeps the question of the Funnels page, and puts it on a new dashboard', async () => {
    await open('/funnels?steps=[{"event":"$pageview"},{"event":"signup"}]&date_from=-30d')
    await main().getByRole('region', { name: 'Funnel as a table' }).waitFor()
    await save('Sign-up', async () => {
      await dialog().getByLabel('Add to dashboard').selectOption('new')
      await dialog().getByLabel('Name of the dashboard').fill('The week')
    })
    const boards = await site.call<{ items: SavedDashboard[] }>(
      'GET',
      '/api/dashboards?project=default',
    )
    const saved = (await insights()).items.find(({ name }) => name === 'Sign-up')
    expect(boards.items).toMatchObject([
      { name: 'The week', tiles: [{ insight: saved?.id, x: 0, y: 0, w: 6, h: 4 }] },
    ])
    await open(`/saved?id=${saved?.id}`)
    await page.getByRole('link', { name: 'Open in Funnels' }).click()
    const table = main().getByRole('region', { name: 'Funnel as a table' })
    await expect.poll(() => table.locator('tbody').textContent()).toContain('1. $pageview2')
    expect(tab.complaints).toEqual([])
  })

  it('adds to a dashboard that somebody else changed meanwhile, and takes nothing of theirs', async () => {
    const made = await site.call<SavedDashboard>('POST', '/api/dashboards?project=default', {
      name: 'Shared',
    })
    await open('/trends?event=signup&date_from=-30d')
    await button('Save').click()
    await dialog().getByLabel('Add to dashboard').selectOption({ label: 'Shared' })
    const text = { text: 'Theirs', x: 0, y: 0, w: 12, h: 1 }
    const path = `/api/dashboards/${made.id}?project=default`
    await site.call('PUT', path, { name: 'Shared', version: 1, tiles: [text] })
    await dialog().getByRole('button', { name: 'Save' }).click()
    await dialog().getByText('Saved as').waitFor()
    const { tiles } = await site.call<SavedDashboard>('GET', path)
    expect(tiles).toMatchObject([text, { x: 0, y: 1, w: 6, h: 4 }])
  })

  it('replaces a saved insight, unless somebody else changed it meanwhile', async () => {
    const query = { kind: 'trends', project: 'default', series: [{ event: 'old' }] }
    const body = { name: 'Replaced', query }
    const { id } = await site.call<SavedInsight>('POST', '/api/insights?project=default', body)
    const path = `/api/insights/${id}?project=default`
    await open('/trends?event=signup&date_from=-30d')
    await button('Save').click()
    await dialog().getByLabel('Save as').selectOption({ label: 'In place of: Replaced' })
    await site.call('PUT', path, { ...body, name: 'Theirs', version: 1 })
    await dialog().getByRole('button', { name: 'Save' }).click()
    expect(await dialog().getByRole('alert').textContent()).toContain('changed meanwhile')
    expect((await site.call<SavedInsight>('GET', path)).name).toBe('Theirs')
  })
})

describe('the saved insights', () => {
  it('are listed, found by their text, renamed, deleted and brought back', async () => {
    const query = { kind: 'stickiness', project: 'default', series: [{ event: '$pageview' }] }
    const body = { name: 'How often', query: { ...query, date_from: '-3d' } }
    const { id } = await site.call<SavedInsight>('POST', '/api/insights?project=default', body)
    await open('/saved')
    await page.getByLabel('Search').fill('how of')
    await page.getByLabel('Search').press('Enter')
    const list = page.getByRole('region', { name: 'Saved insights' })
    await expect.poll(() => list.locator('tbody tr').count()).toBe(1)
    expect(await list.locator('tbody').textContent()).toContain('How oftenStickiness')
    await list.getByRole('link', { name: 'How often' }).click()
    await page.getByText('Show as table').click()
    const numbers = page.getByRole('region', { name: 'Numbers' })
    await expect.poll(() => numbers.locator('tbody tr').count()).toBe(4)

    await button('Rename').click()
    await dialog().getByLabel('Name').fill('How often people come')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'How often people come' }).waitFor()
    await page.getByRole('button', { name: 'Restore version 1' }).click()
    await page.getByRole('heading', { level: 1, name: 'How often', exact: true }).waitFor()

    await page.getByRole('button', { name: 'Delete How often' }).click()
    await page.getByRole('button', { name: 'Really delete How often' }).click()
    await page.getByText('Show what was deleted').click()
    await page.getByRole('button', { name: 'Restore How often' }).click()
    await list.getByRole('link', { name: 'How often' }).waitFor()
    const { version } = await site.call<SavedInsight>('GET', `/api/insights/${id}?project=default`)
    expect(version).toBe(5)
    expect(tab.complaints).toEqual([])
  })

  it.each(['/saved', '/saved?id=ins_00000000'])('fits a narrow screen: %s', async (path) => {
    await page.setViewportSize({ width: 390, height: 800 })
    await open(path)
    await main().locator('h1').waitFor()
    await page.waitForTimeout(300)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over).toBeLessThanOrEqual(0)
  })

  it('are read page by page where they are more than one has', async () => {
    const query = { kind: 'trends', project: 'default', series: [{ event: '$pageview' }] }
    for (let i = 0; i < 202; i++) {
      await site.call('POST', '/api/insights?project=default', { name: `Many ${i}`, query })
    }
    await open('/saved')
    await page.getByLabel('Search').fill('Many')
    await page.getByLabel('Search').press('Enter')
    const rows = page.getByRole('region', { name: 'Saved insights' }).locator('tbody tr')
    await page.getByText('200 insights so far').waitFor()
    await button('Load more').click()
    await page.getByText('202 insights', { exact: true }).waitFor()
    expect(await rows.count()).toBe(202)
    expect(tab.complaints).toEqual([])
  })

  it('says that there is no such insight', async () => {
    await open('/saved?id=ins_00000000')
    expect(await page.getByRole('alert').textContent()).toContain('there is no insight')
  })
})

import { readFile } from 'node:fs/promises'
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
let views: SavedInsight
let often: SavedInsight

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  const visit = (person: string, hoursAgo: number) => ({
    ...{ event: '$pageview', person_id: person, distinct_id: person },
    browser: hoursAgo === 2 ? 'Chrome' : hoursAgo === 50 ? 'Firefox' : 'Safari',
    timestamp: START - hoursAgo * HOUR_MS,
  })
  const did = (person: string, event: string, hoursAgo: number) => ({
    ...{ event, person_id: person, distinct_id: person },
    timestamp: START - hoursAgo * HOUR_MS,
  })
  await site.insert([visit('ann', 2), visit('ann', 50), visit('bob', 24 * 20)])
  await site.insert([did('ann', 'help', 1.5), did('ann', 'signup', 1)])
  const series = [{ event: '$pageview' }]
  views = await create('insights', {
    name: 'Views',
    query: { kind: 'trends', project: 'default', series },
  })
  often = await create('insights', {
    name: 'How often',
    query: { kind: 'stickiness', project: 'default', series },
  })
})
afterAll(() => site?.close())
beforeEach(async () => {
  tab = await site.openPage()
  page = tab.page
})
afterEach(() => tab.close())

const create = <Item>(noun: string, body: object) =>
  site.call<Item>('POST', `/api/${noun}?project=default`, body)
const pathOf = (id: string) => `/api/dashboards/${id}?project=default`
const read = (id: string) => site.call<SavedDashboard>('GET', pathOf(id))
const open = (path: string) => page.goto(site.url + path)
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
const tile = (name: string) => page.getByRole('region', { name, exact: true })
/** Takes a tile by a corner and lets go so many pixels further. */
async function drag(name: string, mode: 'move' | 'resize', x: number, y: number): Promise<void> {
  const handle = tile(name).locator(`.tile-drag[data-mode="${mode}"]`)
  await handle.scrollIntoViewIfNeeded()
  const box = await handle.boundingBox()
  if (!box) throw new Error(`${name} has no ${mode}`)
  const [fromX, fromY] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(fromX, fromY)
  await page.mouse.down()
  await page.mouse.move(fromX + x / 2, fromY + y / 2)
  await page.mouse.move(fromX + x, fromY + y)
  await page.mouse.up()
}
const idOf = (url: string) => new URL(url).searchParams.get('id') ?? ''
const place = (insight: SavedInsight, x: number, y: number) => ({
  ...{ insight: insight.id, x, y, w: 6, h: 4 },
})

describe('a dashboard', () => {
  it('draws what goes with converting, how long it takes, and a website', async () => {
    const steps = [{ event: '$pageview' }, { event: 'signup' }]
    const funnel = { project: 'default', steps, date_from: '-30d' }
    const saved: SavedInsight[] = []
    for (const [name, query] of [
      ['Correlation', { ...funnel, kind: 'funnel_correlation', min_actors: 1 }],
      ['Time', { ...funnel, kind: 'funnel_time' }],
      ['Rates', { ...funnel, kind: 'funnel_trend' }],
      ['Site', { kind: 'web_overview', project: 'default' }],
    ] as const) {
      saved.push(await create('insights', { name, query }))
    }
    const tiles = saved.map((insight, i) => ({ ...place(insight, 6 * (i % 2), 4 * (i >> 1)) }))
    const { id } = await create<SavedDashboard>('dashboards', { name: 'Kinds', tiles })
    await open(`/dashboards?id=${id}`)
    await tile('Correlation').locator('svg.plot').waitFor()
    const rows = tile('Correlation').locator('tbody tr')
    await expect.poll(() => rows.first().textContent()).toContain('help')
    await tile('Time').locator('svg.plot').waitFor()
    await tile('Rates').locator('svg.plot').waitFor()
    await expect.poll(() => tile('Site').locator('dd').first().textContent()).toBe('1')
    await tile('Site').getByRole('button', { name: 'Page views' }).click()
    await tile('Site').locator('svg.plot').waitFor()
    expect(await tile('Site').locator('.bar-list').count()).toBe(2)
    expect(tab.complaints).toEqual([])
  })

  it('is made, filled, arranged by keys and buttons, and shows the numbers of its insights', async () => {
    await open('/dashboards')
    await button('New dashboard').click()
    await page.getByRole('dialog').getByLabel('Name').fill('The week')
    await button('Make it').click()
    await button('Add tiles').click()
    for (const name of ['Views (Trend)', 'How often (Stickiness)']) {
      await page.getByLabel('Saved insight').selectOption({ label: name })
      await button('Add insight').click()
    }
    await button('Add text').click()
    await page.getByLabel('Text of the tile').fill('## All of it\n- one')
    await tile('How often').focus()
    await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('Shift+ArrowUp')
    await button('Move up: Text').click()
    await button('Save').click()

    await tile('Views').locator('.legend').waitFor()
    expect(await tile('Views').locator('.legend').textContent()).toBe('$pageview 2')
    await expect.poll(() => tile('How often').locator('tbody tr').first().textContent()).toBe('10')
    expect(await page.getByRole('heading', { name: 'All of it' }).count()).toBe(1)
    expect((await read(idOf(page.url()))).tiles).toEqual([
      { text: '## All of it\n- one', x: 0, y: 0, w: 12, h: 1 },
      { insight: views.id, x: 0, y: 1, w: 6, h: 4 },
      { insight: often.id, x: 6, y: 1, w: 5, h: 3 },
    ])
    expect(tab.complaints).toEqual([])
  })

  it('lets the mouse drag tiles, and their corners', async () => {
    const { id } = await create<SavedDashboard>('dashboards', {
      name: 'Dragged',
      tiles: [place(views, 0, 0), place(often, 6, 0)],
    })
    await open(`/dashboards?id=${id}`)
    await button('Edit').click()
    await drag('How often', 'move', -352, 0)
    await drag('Views', 'resize', 264, 92)
    await button('Save').click()
    await button('Edit').waitFor()
    const { tiles } = await read(id)
    expect(tiles).toEqual([
      { insight: often.id, x: 2, y: 0, w: 6, h: 4 },
      { insight: views.id, x: 0, y: 4, w: 9, h: 5 },
    ])
    expect(tab.complaints).toEqual([])
  })

  it('shows all tiles with filters, which can be kept for everybody', async () => {
    const { id } = await create<SavedDashboard>('dashboards', {
      name: 'Filtered',
      tiles: [place(views, 0, 0)],
      filters: [{ property: '$browser', value: 'Chrome' }],
    })
    const legend = () => tile('Views').locator('.legend').textContent()
    await open(`/dashboards?id=${id}`)
    await expect.poll(legend).toBe('$pageview 1')
    await page.getByLabel('Value').fill('Safari')
    await page.getByLabel('Value').press('Enter')
    await tile('Views').getByText('No such events in this date range.').waitFor()
    await page.getByLabel('Date range').selectOption('-30d')
    await expect.poll(legend).toBe('$pageview 1')
    expect((await read(id)).filters).toMatchObject([{ value: 'Chrome' }])
    await button('Keep these filters for everybody').click()
    await expect.poll(async () => (await read(id)).filters).toMatchObject([{ value: 'Safari' }])
    await expect.poll(legend).toBe('$pageview 1')
    await button('Edit').click()
    await button('Remove filter on $browser').click()
    await button('Save').click()
    await expect.poll(legend).toBe('$pageview 3')
    expect(tab.complaints).toEqual([])
  })

  it('shows all tiles over one range, which can be kept for everybody', async () => {
    const { id } = await create<SavedDashboard>('dashboards', {
      name: 'Ranges',
      tiles: [place(views, 0, 0)],
    })
    await open(`/dashboards?id=${id}`)
    const legend = () => tile('Views').locator('.legend').textContent()
    await expect.poll(legend).toBe('$pageview 2')
    await page.getByLabel('Date range').selectOption('-30d')
    await expect.poll(legend).toBe('$pageview 3')
    expect((await read(id)).date_from).toBeUndefined()
    await button('Keep this range for everybody').click()
    await expect.poll(async () => (await read(id)).date_from).toBe('-30d')
    await page.reload()
    await expect.poll(legend).toBe('$pageview 3')
    await tile('Views').getByRole('link', { name: 'Views' }).click()
    await page.waitForURL('**/trends?**date_from=-30d**')
    expect(tab.complaints).toEqual([])
  })

  it('is not overwritten when somebody else saved meanwhile', async () => {
    const { id } = await create<SavedDashboard>('dashboards', {
      name: 'Both',
      tiles: [place(views, 0, 0)],
    })
    await open(`/dashboards?id=${id}`)
    await button('Edit').click()
    await page.getByLabel('Name').fill('Mine')
    await site.call('PUT', pathOf(id), { name: 'Theirs', version: 1 })
    await button('Save').click()
    await page.getByText('nothing was overwritten').waitFor()
    expect(await read(id)).toMatchObject({ name: 'Theirs', version: 2 })
    await button('Save mine as another dashboard').click()
    await page.getByRole('heading', { level: 1, name: 'Theirs' }).waitFor()
    const { items } = await site.call<{ items: SavedDashboard[] }>(
      'GET',
      '/api/dashboards?project=default&search=Mine',
    )
    expect(items).toMatchObject([{ name: 'Mine (mine)', tiles: [place(views, 0, 0)] }])
  })

  it('is duplicated, deleted, brought back, and restored to an older version', async () => {
    const { id } = await create<SavedDashboard>('dashboards', { name: 'Old name' })
    await site.call('PUT', pathOf(id), { name: 'New name', version: 1 })
    await open(`/dashboards?id=${id}`)
    await button('Restore version 1').click()
    await page.getByRole('heading', { level: 1, name: 'Old name' }).waitFor()
    await button('Duplicate').click()
    await page.getByRole('heading', { level: 1, name: 'Copy of Old name' }).waitFor()
    await button('Delete Copy of Old name').click()
    await button('Really delete Copy of Old name').click()
    await page.getByText('Show what was deleted').click()
    await button('Restore Copy of Old name').click()
    const list = tile('Saved dashboards')
    await list.getByRole('link', { name: 'Copy of Old name' }).waitFor()
    expect(tab.complaints).toEqual([])
  })

  it('names the field of a refused change', async () => {
    const { id } = await create<SavedDashboard>('dashboards', { name: 'Refused' })
    await open(`/dashboards?id=${id}`)
    await button('Edit').click()
    await page.getByLabel('Date range').selectOption('custom')
    await page.getByLabel('From', { exact: true }).fill('2026-06-02')
    await page.getByLabel('To', { exact: true }).fill('2026-06-01')
    await page.getByLabel('To', { exact: true }).press('Tab')
    await button('Save').click()
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('Field: date_')
  })

  it.each(['', '?id='])('fits a narrow screen: /dashboards%s', async (search) => {
    const { id } = await create<SavedDashboard>('dashboards', {
      name: 'Narrow',
      tiles: [place(views, 0, 0), place(often, 6, 0)],
    })
    await page.setViewportSize({ width: 390, height: 800 })
    await open(`/dashboards${search && search + id}`)
    await page.getByRole('main').locator('table, .legend').first().waitFor({ state: 'attached' })
    await page.waitForTimeout(300)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over).toBeLessThanOrEqual(0)
  })
})

describe('dashboards as code', () => {
  it('go out as one document and come in again, after telling what would change', async () => {
    await create('dashboards', { key: 'coded', name: 'Coded', tiles: [place(views, 0, 0)] })
    await open('/dashboards')
    const downloading = page.waitForEvent('download')
    await button('Export JSON').click()
    const file = await readFile(await (await downloading).path(), 'utf8')
    const document = JSON.parse(file)
    const coded = document.dashboards.find(({ key }: { key: string }) => key === 'coded')
    expect(coded.name).toBe('Coded')

    coded.name = 'Coded anew'
    await page.getByText('Import a document').click()
    await page.getByLabel('The document').fill('{')
    await button('Show what would change').click()
    await page.getByText('This is not JSON.').waitFor()
    await page.getByLabel('The document').fill(JSON.stringify(document))
    await button('Show what would change').click()
    await page.getByText('updated: dashboard coded').waitFor()
    const list = page.getByRole('region', { name: 'Saved dashboards' })
    expect(await list.textContent()).not.toContain('Coded anew')
    await button('Import').click()
    await list.getByRole('link', { name: 'Coded anew' }).waitFor()
    expect(tab.complaints).toEqual([])
  })
})

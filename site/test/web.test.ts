import { WEB_LISTS, type WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { readWeb, webQueries } from '../src/lib/web-question.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'
import { webHistory } from './web-history.ts'

let site: RealSite
let tab: TestPage
let page: Page

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert(webHistory(Date.now()))
})
afterAll(() => site?.close())

beforeEach(async () => {
  tab = await site.openPage()
  page = tab.page
})
afterEach(() => tab.close())

const open = async (search = '') => {
  await page.goto(`${site.url}/web${search}`)
  await card('Pages').locator('tbody tr').first().waitFor()
  await expect.poll(() => tile('Visitors').textContent()).not.toBe('…')
}
const card = (name: string) => page.getByRole('region', { name, exact: true })
const tile = (name: string) =>
  page
    .locator('.tile', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .first()
/** The cells of a card's table as they are seen. */
const rows = (name: string) =>
  card(name)
    .locator('tbody tr')
    .evaluateAll((lines) =>
      lines.map((line) =>
        [...line.children].map((cell) => {
          const seen = cell.cloneNode(true) as Element
          for (const hidden of seen.querySelectorAll('.visually-hidden, dialog')) hidden.remove()
          return seen.textContent?.trim()
        }),
      ),
    )
const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
const address = () => new URL(page.url()).searchParams

describe('the Web page', () => {
  it('shows the numbers of the website, and how they changed', async () => {
    await open()
    const numbers = {
      Visitors: '4',
      Sessions: '4',
      'Page views': '9',
      'Views per session': '2',
      'Bounce rate': '25 %',
      'Session duration': '30 s',
    }
    for (const [name, value] of Object.entries(numbers)) {
      expect([name, await tile(name).textContent()]).toEqual([name, value])
    }
    const change = page.locator('.tile .change').first()
    expect(await change.textContent()).toBe('▲ up by 300 %, from 1')
    expect(tab.complaints).toEqual([])
  })

  it('lists pages, sources, countries and devices', async () => {
    await open()
    expect(await rows('Pages')).toEqual([
      ['/', '3', '4'],
      ['/pricing', '2', '2'],
      ['/about', '1', '1'],
      ['/docs', '1', '2'],
    ])
    expect(await rows('Sources')).toEqual([
      ['x.org', '2', '50 %'],
      ['Direct or unknown', '1', '0 %'],
      ['mail', '1', '0 %'],
    ])
    // The map has a question of its own.
    await expect
      .poll(() => rows('Countries'))
      .toEqual([
        ['Germany', '2', '7'],
        ['France', '1', '1'],
        ['Singapore', '1', '1'],
      ])
    await card('Pages').getByRole('button', { name: 'Entry' }).click()
    await expect.poll(async () => (await rows('Pages')).length).toBe(3)
    expect((await rows('Pages'))[0]?.slice(0, 2)).toEqual(['/', '2'])
    expect(address().get('pages')).toBe('entry_page')
  })

  it('tells web vitals with their rating', async () => {
    await open()
    expect(await rows('Web vitals')).toEqual([
      ['LCP', '1,800 ms', 'Good', '–'],
      ['CLS', '0.300', 'Poor', '–'],
    ])
  })

  it('draws the count whose tile is pressed, with the same numbers in a table', async () => {
    await open()
    await press('Page views')
    const chart = card('Page views over time')
    await chart.locator('svg.plot').waitFor()
    await chart.getByText('Show as table').click()
    const drawn = await rows('Page views over time')
    const sum = (cell: number) =>
      drawn.reduce((total, line) => total + (Number(line[cell]) || 0), 0)
    expect([sum(1), sum(2)]).toEqual([9, 2])
    expect(address().get('metric')).toBe('page_views')
    expect(tab.complaints).toEqual([])
  })

  it('draws countries on a map, which narrows the page too', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${site.url}/dashboard`)
    await page.locator('svg.plot').first().waitFor()
    expect(asked.some((url) => url.includes('country-shapes'))).toBe(false)
    await open()
    const map = card('Countries').locator('.world-map')
    const titled = (text: string) => map.locator('path', { has: page.getByText(text) })
    await titled('Germany: 2').waitFor()
    expect(asked.some((url) => url.includes('country-shapes'))).toBe(true)
    expect(await titled('Brazil: 0').count()).toBe(1)
    expect(await map.getByText('Not on this map').textContent()).toContain('Singapore')
    await titled('Germany: 2').click()
    await expect.poll(() => tile('Page views').textContent()).toBe('7')
    expect(address().get('country')).toBe('DE')
    expect(tab.complaints).toEqual([])
  })

  it('narrows itself to a row that is clicked, and back', async () => {
    await open()
    await card('Countries').getByRole('button', { name: 'Germany', exact: true }).click()
    await expect.poll(() => tile('Page views').textContent()).toBe('7')
    expect(address().get('country')).toBe('DE')
    await card('Sources').getByRole('button', { name: 'mail', exact: true }).click()
    await expect.poll(() => tile('Page views').textContent()).toBe('3')
    await press('Remove filter Country is Germany')
    await press('Remove filter Source is mail')
    await expect.poll(() => tile('Page views').textContent()).toBe('9')
    expect([address().has('country'), address().has('source')]).toEqual([false, false])
    await page.goBack()
    await expect.poll(() => tile('Page views').textContent()).toBe('3')
    expect(tab.complaints).toEqual([])
  })

  it.each(WEB_LISTS)('asks, narrowed to a row of %s, for what the row counted', async (list) => {
    const ask = (address: object) => {
      const params = new URLSearchParams({ ...address })
      const { numbers } = webQueries(readWeb(params, { project: 'default' }).question)
      return site.call<WebOverviewResult>('POST', '/api/query', { ...numbers, lists: [list] })
    }
    const all = await ask({})
    const rows = all.lists[0]?.rows ?? []
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      const { sessions, page_views } = await ask({ [list]: row.value ?? '' })
      const counted = row.sessions === null ? page_views : sessions
      expect([row.value, counted.value]).toEqual([row.value, row.sessions ?? row.page_views])
    }
  })

  it('names the visitors behind a row, and those of a day', async () => {
    await open()
    await page.getByRole('button', { name: 'Who: Visitors: Country Germany' }).click()
    const names = page.getByRole('dialog').locator('.actor-name')
    await expect.poll(() => names.allTextContents()).toEqual(['ann', 'cem'])
    await page.keyboard.press('Escape')
    await card('Visitors over time').getByText('Show as table').click()
    await card('Visitors over time').getByRole('button', { name: 'Who:' }).first().click()
    await expect.poll(() => names.count()).toBeGreaterThan(0)
    expect(tab.complaints).toEqual([])
  })

  it('takes a filter on any property from its editor into the address', async () => {
    await open()
    await page.getByRole('button', { name: '+ Add filter' }).click()
    await page.getByLabel('Property').selectOption('$browser')
    await page.getByLabel('Value').fill('Safari')
    await page.getByLabel('Value').press('Enter')
    await expect.poll(() => tile('Visitors').textContent()).toBe('1')
    expect(address().get('filters')).toContain('Safari')
    await press('Remove filter Browser is Safari')
    await expect.poll(() => tile('Visitors').textContent()).toBe('4')
  })

  it('says that there is nothing, and what was not understood of its address', async () => {
    await page.goto(`${site.url}/web?date_from=2020-01-01&date_to=2020-01-02&metric=hearts`)
    await page.getByText('No page views in this date range.').waitFor()
    expect(await tile('Bounce rate').textContent()).toBe('–')
    expect(await page.getByText('were not understood').textContent()).toContain('metric=hearts')
    expect(tab.complaints).toEqual([])
  })

  it('names the field of a question that is refused', async () => {
    await page.goto(`${site.url}/web?date_from=-900d&interval=minute`)
    const alert = page.getByRole('alert')
    await alert.first().waitFor()
    expect(await alert.count()).toBe(1)
    expect(await alert.textContent()).toContain('interval')
  })

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    await open('?country=DE&browser=Firefox')
    await card('Web vitals').locator('tbody tr').first().waitFor()
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBe(0)
  })
})

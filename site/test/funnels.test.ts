import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

// What each did on the 1st of June, a minute apart; dan a day later.
const DONE: Record<string, readonly string[]> = {
  ann: ['view', 'cart', 'pay'],
  bob: ['view', 'leave', 'cart', 'pay'],
  cat: ['cart', 'view', 'pay'],
}
const question = (more = '') =>
  new URLSearchParams({
    steps: '[{"event":"view"},{"event":"cart"},{"event":"pay"}]',
    conversion_window: '1 hour',
    date_from: '2026-06-01',
    date_to: '2026-06-02',
    ...Object.fromEntries(new URLSearchParams(more)),
  })

let site: RealSite
let tab: TestPage

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert([
    ...Object.entries(DONE).flatMap(([distinct_id, events]) =>
      events.map((event, minute) => ({
        ...{ distinct_id, event, browser: distinct_id === 'cat' ? 'Safari' : 'Chrome' },
        timestamp: Date.UTC(2026, 5, 1, 12, minute),
      })),
    ),
    { distinct_id: 'dan', event: 'view', timestamp: Date.UTC(2026, 5, 2, 12) },
    // The names of events are those of the last days.
    ...['view', 'cart', 'pay', 'leave'].map((event) => ({
      ...{ distinct_id: 'eve', event, timestamp: Date.now() - 1_000 },
    })),
  ])
  tab = await site.openPage()
})
afterAll(async () => {
  await tab?.close()
  await site?.close()
})

const open = async (more = '') => {
  await tab.page.goto(`${site.url}/funnels?${question(more)}`)
  await tab.page.locator('main table').first().waitFor()
}
const rowsOf = (name: string) =>
  tab.page
    .getByRole('region', { name })
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].map((cell) => cell.textContent?.split(' Who')[0]?.trim()),
      ),
    )
const reached = async () => (await rowsOf('Funnel as a table')).map((row) => row[1])
const choose = (label: string, option: string) =>
  tab.page.getByLabel(label, { exact: true }).selectOption(option)
const people = () => tab.page.locator('.actors-list .actor-name').allTextContents()

describe('the page of funnels', () => {
  it('answers the addresses it always had', async () => {
    await open()
    expect(await reached()).toEqual(['4', '2', '2'])
    expect(tab.complaints).toEqual([])
  })

  it('takes steps strictly, or in any order', async () => {
    await open()
    await choose('Steps count', 'strict')
    await expect.poll(reached).toEqual(['4', '1', '1'])
    await choose('Steps count', 'any')
    await expect.poll(reached).toEqual(['4', '3', '3'])
    await tab.page.reload()
    await expect.poll(reached).toEqual(['4', '3', '3'])
    expect(tab.complaints).toEqual([])
  })

  it('leaves out who did what is excluded, and names them', async () => {
    await open()
    await tab.page.getByRole('button', { name: '+ Add exclusion' }).click()
    await choose('Excluded event 1', 'leave')
    await expect.poll(reached).toEqual(['3', '1', '1'])
    await tab.page.getByRole('button', { name: 'Who: Excluded' }).click()
    await expect.poll(people).toEqual(['bob'])
    await tab.page.keyboard.press('Escape')
    await choose('After which step, 1', '2')
    await expect.poll(reached).toEqual(['4', '2', '2'])
    expect(tab.complaints).toEqual([])
  })

  it('shows how long it takes', async () => {
    await open()
    await choose('Shown as', 'time')
    await expect
      .poll(() => rowsOf('Times as a table'))
      .toEqual([['Everyone', '2', '2 min 30 s', '2 min 30 s', '2 min', '3 min']])
    const bars = await rowsOf('Bars as a table')
    expect(bars[0]?.slice(1).reduce((sum, count) => sum + Number(count), 0)).toBe(2)
    await tab.page.locator('svg.plot').waitFor()
    await tab.page.getByRole('region', { name: 'Times' }).getByRole('button').click()
    await expect.poll(async () => (await people()).toSorted()).toEqual(['ann', 'bob'])
    await tab.page.keyboard.press('Escape')
    expect(tab.complaints).toEqual([])
  })

  it('shows conversion by when they entered, of each group', async () => {
    await open()
    await choose('Shown as', 'trend')
    await choose('Breakdown', '$browser')
    await expect
      .poll(() => rowsOf('Conversion as a table'))
      .toEqual([
        ['Chrome', '100 %', '–'],
        ['Entered', '2', '0'],
        ['Converted', '2', '0'],
        ['Open', '0', '0'],
        ['Safari', '0 %', '–'],
        ['Entered', '1', '0'],
        ['Converted', '0', '0'],
        ['Open', '0', '0'],
        ['(none)', '–', '0 %'],
        ['Entered', '0', '1'],
        ['Converted', '0', '0'],
        ['Open', '0', '0'],
      ])
    await tab.page.getByRole('button', { name: 'Who: (none), entered, Tue 2 Jun' }).click()
    await expect.poll(people).toEqual(['dan'])
    await tab.page.keyboard.press('Escape')
    expect(tab.complaints).toEqual([])
  })

  it('says so when nobody converted', async () => {
    await tab.page.goto(`${site.url}/funnels?${question('view=time&date_from=2026-06-02')}`)
    await tab.page.getByText('Nobody reached the last step in this date range.').waitFor()
  })

  it('names the field of a question that is refused', async () => {
    await open()
    await tab.page.getByRole('button', { name: '+ Add exclusion' }).click()
    await choose('Excluded event 1', 'view')
    await expect
      .poll(() => tab.page.getByRole('alert').textContent())
      .toContain('Field: exclusions.0.event.')
    // The browser itself writes a refused request to the console.
    tab.complaints.length = 0
  })

  it.each(['view=time', 'view=trend', 'exclusions=[{"event":"leave"}]'])(
    'fits a narrow screen with every field labelled: %s',
    async (more) => {
      const { page, complaints, close } = await site.openPage()
      await page.setViewportSize({ width: 390, height: 800 })
      await page.goto(`${site.url}/funnels?${question(more)}`)
      await page.locator('main table').first().waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      const fields = await page.locator('main :is(input, select)').all()
      const labels = await Promise.all(
        fields.map((field) => field.evaluate((node) => (node as HTMLInputElement).labels?.length)),
      )
      expect(labels.every((count) => count === 1)).toBe(true)
      expect(complaints).toEqual([])
      await close()
    },
  )
})

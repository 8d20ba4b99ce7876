import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { expectFitting, NARROW } from './narrow.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

// Ann comes on each of four days, Bob on the first and third, Cat on the second only.
const VISITS = [
  ['ann', 1, 'Chrome'],
  ['ann', 2, 'Chrome'],
  ['ann', 3, 'Chrome'],
  ['ann', 4, 'Chrome'],
  ['bob', 1, 'Safari'],
  ['bob', 3, 'Safari'],
  ['cat', 2, 'Chrome'],
] as const
const RANGE = 'date_from=2026-06-01&date_to=2026-06-04'

let site: RealSite
let tab: TestPage

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert([
    ...VISITS.map(([distinct_id, day, browser]) => ({
      distinct_id,
      browser,
      timestamp: Date.UTC(2026, 5, day, 12),
    })),
    // The names of events are those of the last days.
    { distinct_id: 'ann', timestamp: Date.now() - 60_000 },
    { distinct_id: 'ann', event: 'signup', timestamp: Date.UTC(2026, 5, 2, 13) },
    { distinct_id: 'ann', event: 'signup', timestamp: Date.now() - 60_000 },
  ])
  tab = await site.openPage()
})
afterAll(async () => {
  await tab?.close()
  await site?.close()
})

const open = async (question: string) => {
  await tab.page.goto(`${site.url}/retention?${question}`)
  await tab.page.locator('table.retention').waitFor()
}
const cellsOf = (row: string) =>
  tab.page
    .locator('table.retention tr', { has: tab.page.getByRole('rowheader', { name: row }) })
    .locator('td')
    .evaluateAll((cells) =>
      cells.map((cell) => cell.textContent?.replace(/ Who: .*?(?= so far|$)/, '')),
    )

describe('the page of retention', () => {
  it('shows a row for each day, and the mean of all by their size', async () => {
    await open(`${RANGE}&periods=4`)
    expect(await cellsOf('Mon 1 Jun')).toEqual(['2', '100 %', '50 %', '100 %', '50 %'])
    expect(await cellsOf('Tue 2 Jun')).toEqual(['2', '100 %', '50 %', '50 %', '0 %'])
    expect(await cellsOf('Wed 3 Jun')).toEqual(['2', '100 %', '50 %', '0 %', '0 %'])
    expect(await cellsOf('Mean')).toEqual(['7', '100 %', '42.9 %', '42.9 %', '14.3 %'])
    await tab.page.locator('svg.plot').waitFor()
    expect(tab.complaints).toEqual([])
  })

  it('shows numbers of persons instead of shares', async () => {
    await open(`${RANGE}&periods=4`)
    await tab.page.getByLabel('Cells show').selectOption('count')
    await expect.poll(() => cellsOf('Mon 1 Jun')).toEqual(['2', '2', '1', '2', '1'])
    expect(await cellsOf('Mean')).toEqual(['7', '7 of 7', '3 of 7', '3 of 7', '1 of 7'])
    expect(tab.page.url()).toContain('cells=count')
  })

  it('counts first times only, of the events that were chosen', async () => {
    await open(`${RANGE}&periods=2&cells=count`)
    await tab.page.getByLabel('Start counts').selectOption('first_time')
    await expect.poll(() => cellsOf('Tue 2 Jun')).toEqual(['1', '1', '0'])
    await tab.page.getByLabel('Start event').selectOption('signup')
    await expect.poll(() => cellsOf('Tue 2 Jun')).toEqual(['1', '1', '1'])
    expect(await cellsOf('Mon 1 Jun')).toEqual(['0', '0', '0'])
  })

  it('leaves the future empty, and marks what may still grow', async () => {
    await open('date_from=-1d')
    const today = tab.page.locator('table.retention tbody tr').last().locator('td')
    expect(await today.nth(0).textContent()).toBe('1')
    expect(await today.nth(1).textContent()).toMatch(/^100 %.* so far$/)
    expect(await today.nth(1).getAttribute('title')).toBe('So far: its time is not over')
    expect(await today.nth(2).textContent()).toBe('')
  })

  it('tells groups apart, whose rows unfold by key', async () => {
    await open(`${RANGE}&periods=2&cells=count&breakdown=%24browser`)
    const legend = tab.page.getByRole('list', { name: 'Groups' })
    expect(await legend.getByRole('listitem').allTextContents()).toEqual(['Chrome', 'Safari'])
    expect(await cellsOf('Safari')).toEqual(['2', '2 of 2', '0 of 2'])
    expect(await tab.page.locator('table.retention tbody tr').count()).toBe(2)
    await tab.page.getByRole('button', { name: 'Safari' }).press('Enter')
    await expect.poll(() => tab.page.locator('table.retention tbody tr').count()).toBe(6)
    expect(await cellsOf('Wed 3 Jun')).toEqual(['1', '1', '0'])
  })

  it('names the field of a question that is refused', async () => {
    await open(RANGE)
    await tab.page.getByLabel('Interval').selectOption('month')
    await tab.page.getByLabel('Periods', { exact: true }).fill('5000')
    await tab.page.getByLabel('Periods', { exact: true }).press('Enter')
    const alert = tab.page.getByRole('alert')
    await expect.poll(() => alert.textContent()).toContain('Field: periods.')
    // The browser itself writes a refused request to the console.
    tab.complaints.length = 0
  })

  it('names who is behind a cell', async () => {
    await open(`${RANGE}&periods=2&breakdown=%24browser`)
    await tab.page.getByRole('button', { name: 'Chrome' }).click()
    const row = tab.page.getByRole('row', { name: 'Tue 2 Jun' })
    await row.getByRole('button', { name: '50 %' }).click()
    const names = tab.page.locator('.actors-list .actor-name')
    await expect.poll(() => names.allTextContents()).toEqual(['ann'])
    await tab.page.keyboard.press('Escape')
  })

  it('says so when nobody started', async () => {
    await tab.page.goto(`${site.url}/retention?date_from=2026-05-01&date_to=2026-05-03`)
    await tab.page.getByText('Nobody did the start event in this date range.').waitFor()
  })

  it('fits a narrow screen, and gives every field a label', async () => {
    const { page, complaints, close } = await site.openPage()
    await page.setViewportSize(NARROW)
    await page.goto(`${site.url}/retention?date_from=-14d`)
    await page.locator('table.retention').waitFor()
    await expectFitting(page)
    expect(complaints).toEqual([])
    await close()
  })
})

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { expectFitting, NARROW } from './narrow.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

// Minutes of the 1st of June at which each comes to a page.
const WALKS: Record<string, readonly (readonly [number, string])[]> = {
  ann: [
    [0, '/'],
    [1, '/pricing'],
    [2, '/signup'],
  ],
  bob: [
    [0, '/'],
    [3, '/pricing'],
  ],
  cat: [
    [0, '/'],
    [2, '/user/7'],
    [4, '/user/8'],
  ],
  dan: [[0, '/pricing']],
}
const RANGE = 'date_from=2026-06-01&date_to=2026-06-01'

let site: RealSite
let tab: TestPage

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert([
    ...Object.entries(WALKS).flatMap(([distinct_id, walk]) =>
      walk.map(([minute, pathname]) => ({
        distinct_id,
        pathname,
        timestamp: Date.UTC(2026, 5, 1, 12, minute),
      })),
    ),
    { distinct_id: 'ann', event: 'signup', timestamp: Date.UTC(2026, 5, 1, 12, 5) },
    // The names of events are those of the last days.
    { distinct_id: 'eve', pathname: '/', timestamp: Date.now() - 1_000 },
  ])
  tab = await site.openPage()
})
afterAll(async () => {
  await tab?.close()
  await site?.close()
})

const open = async (question: string) => {
  await tab.page.goto(`${site.url}/paths?${question}`)
  await tab.page.locator('svg.flow').waitFor()
}
const rowsOf = (name: string) =>
  tab.page
    .getByRole('region', { name })
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent?.split(' Who')[0])),
    )
const people = () => tab.page.locator('.actors-list .actor-name').allTextContents()
const add = async (button: string, pattern: string) => {
  await tab.page.getByRole('button', { name: button }).click()
  await tab.page.keyboard.type(pattern)
  await tab.page.keyboard.press('Enter')
}

describe('the page of paths', () => {
  it('shows every way, and where paths end', async () => {
    await open(RANGE)
    expect(await rowsOf('Ways as a table')).toEqual([
      ['/', '/pricing', '1', '2', '66.7 %', '2', '2 min'],
      ['/', '/user/7', '1', '1', '33.3 %', '1', '2 min'],
      ['/pricing', '/signup', '2', '1', '50 %', '1', '1 min'],
      ['/user/7', '/user/8', '2', '1', '100 %', '1', '2 min'],
    ])
    expect(await rowsOf('Nodes as a table')).toContainEqual([
      ...['/pricing', '2', '2', '2', '1', '50 %', '0'],
    ])
    expect(tab.complaints).toEqual([])
  })

  it('draws a bar for each node, with its name and number, and a ribbon for each way', async () => {
    const labels = await tab.page.locator('svg.flow .flow-label').allTextContents()
    expect(labels.toSorted()).toEqual([
      '/ 3',
      '/pricing 1',
      '/pricing 2',
      '/signup 1',
      '/user/7 1',
      '/user/8 1',
    ])
    expect(await tab.page.locator('svg.flow .flow-link').count()).toBe(4)
  })

  it('names who ended at a node', async () => {
    const nodes = tab.page.getByRole('region', { name: 'Nodes as a table' })
    await nodes.getByRole('button', { name: 'Ended at /pricing, step 2' }).click()
    await expect.poll(people).toEqual(['bob'])
    await tab.page.keyboard.press('Escape')
  })

  it('joins nodes that a pattern fits, and leaves others out', async () => {
    await open(RANGE)
    await add('+ Add grouping', '/user/*')
    await expect.poll(() => tab.page.locator('svg.flow .flow-link').count()).toBe(3)
    await add('+ Add exclusion', '/pricing')
    await expect
      .poll(async () => (await rowsOf('Ways as a table')).map((row) => row.slice(0, 4)))
      .toEqual([
        ['/', '/signup', '1', '1'],
        ['/', '/user/*', '1', '1'],
      ])
    await tab.page.getByRole('button', { name: 'Remove /pricing' }).click()
    await expect.poll(() => tab.page.url()).not.toContain('exclude')
    expect(tab.complaints).toEqual([])
  })

  it('follows paths from one node to another', async () => {
    await open(RANGE)
    await tab.page.getByLabel('Starts at').selectOption('/pricing')
    await expect.poll(async () => (await rowsOf('Nodes as a table')).length).toBe(2)
    expect(await rowsOf('Nodes as a table')).toEqual([
      ['/pricing', '1', '3', '3', '2', '66.7 %', '0'],
      ['/signup', '2', '1', '1', '1', '100 %', '0'],
    ])
    await tab.page.getByLabel('Ends at').selectOption('/signup')
    await expect.poll(async () => (await rowsOf('Nodes as a table'))[0]?.[2]).toBe('1')
  })

  it('shows events in place of pages', async () => {
    await open(RANGE)
    await tab.page.getByLabel('Nodes are').selectOption('both')
    await expect
      .poll(async () => (await rowsOf('Ways as a table')).map((row) => row.slice(0, 2)))
      .toContainEqual(['/signup', 'signup'])
  })

  it('names the field of a question that is refused', async () => {
    await open(RANGE)
    await tab.page.getByLabel('Steps').fill('99')
    await tab.page.getByLabel('Steps').press('Enter')
    await expect
      .poll(() => tab.page.getByRole('alert').first().textContent())
      .toContain('Field: steps.')
    // The browser itself writes a refused request to the console.
    tab.complaints.length = 0
  })

  it('says so when there is no path', async () => {
    await tab.page.goto(`${site.url}/paths?date_from=2026-05-01&date_to=2026-05-02`)
    await tab.page.getByText('No such paths in this date range.').first().waitFor()
    expect(tab.complaints).toEqual([])
  })

  it('fits a narrow screen, and gives every field a label', async () => {
    const { page, complaints, close } = await site.openPage()
    await page.setViewportSize(NARROW)
    await page.goto(`${site.url}/paths?${RANGE}&grouping=%2Fuser%2F*`)
    await page.locator('svg.flow').waitFor()
    await expectFitting(page)
    expect(complaints).toEqual([])
    await close()
  })
})

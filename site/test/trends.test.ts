import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { expectFitting, NARROW } from './narrow.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

const RANGE = 'date_from=2026-06-03&date_to=2026-06-04'
const did = (distinct_id: string, day: number, session_id: string) => ({
  ...{ distinct_id, session_id, timestamp: Date.UTC(2026, 5, day, 12) },
})
const ordered = (distinct_id: string, day: number, amount: number) => ({
  ...did(distinct_id, day, ''),
  event: 'order',
  properties: { amount },
})

let site: RealSite
let tab: TestPage

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert([
    did('ann', 1, 's1'),
    did('bob', 2, 's2'),
    did('ann', 3, 's3'),
    did('ann', 3, 's3'),
    did('bob', 3, 's4'),
    did('ann', 4, 's5'),
    ordered('ann', 3, 10),
    ordered('bob', 4, 30),
    // The names of events are those of the last days.
    { distinct_id: 'eve', timestamp: Date.now() - 1_000 },
    {
      distinct_id: 'eve',
      event: 'order',
      timestamp: Date.now() - 1_000,
      properties: { amount: 1 },
    },
  ])
  tab = await site.openPage()
})
afterAll(async () => {
  await tab?.close()
  await site?.close()
})

const open = async (question: string) => {
  await tab.page.goto(`${site.url}/trends?${question}`)
  await tab.page.locator('main table').waitFor()
}
const table = () =>
  tab.page
    .locator('main tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].map((cell) => cell.textContent?.split(' Who')[0]?.trim()),
      ),
    )
const choose = (label: string, option: string) =>
  tab.page.getByLabel(label, { exact: true }).selectOption(option)
const fill = async (label: string, text: string) => {
  await tab.page.getByLabel(label, { exact: true }).fill(text)
  await tab.page.getByLabel(label, { exact: true }).press('Enter')
}

describe('the page of trends', () => {
  it('answers the addresses it always had', async () => {
    await open(`${RANGE}&event=%24pageview&event=order&measure=unique_persons`)
    expect(await table()).toEqual([
      ['$pageview', '2', '2', '1'],
      ['order', '2', '1', '1'],
    ])
    expect(tab.complaints).toEqual([])
  })

  it.each([
    ['unique_sessions', ['3', '2', '1']],
    ['weekly_active', ['2', '2', '2']],
    ['first_time', ['0', '0', '0']],
    ['avg_per_actor', ['2', '1.5', '1']],
  ])('measures %s', async (measure, numbers) => {
    await open(`${RANGE}&event=%24pageview&event=order`)
    await tab.page.getByRole('button', { name: 'Remove series B' }).click()
    await choose('Measure', measure)
    if (measure === 'first_time') {
      await tab.page.getByText('No such events in this date range.').waitFor()
    } else await expect.poll(async () => (await table())[0]?.slice(1)).toEqual(numbers)
    expect(tab.complaints).toEqual([])
  })

  it('measures numbers of a property', async () => {
    await open(`${RANGE}&event=order`)
    await choose('Measure', 'sum')
    await choose('Property', 'amount')
    await expect.poll(table).toEqual([['order', '40', '10', '30']])
    expect(await tab.page.locator('.card h2').textContent()).toBe('Sum of amount')
    await tab.page.reload()
    await expect.poll(table).toEqual([['order', '40', '10', '30']])
  })

  it('works out formulas of its series', async () => {
    await open(`${RANGE}&event=%24pageview`)
    await tab.page.getByRole('button', { name: '+ Add series' }).click()
    await choose('Event B', 'order')
    await tab.page.getByRole('button', { name: '+ Add formula' }).click()
    await fill('New formula', 'B / A * 100')
    await expect.poll(table).toEqual([['B / A * 100', '50', '33.33', '100']])
    await tab.page.locator('svg.plot').waitFor()
    expect(tab.complaints).toEqual([])
  })

  it('splits by ranges of numbers, and by several properties', async () => {
    await open(`${RANGE}&event=order`)
    await choose('Breakdown', 'amount')
    await fill('Ranges of breakdown', '2')
    await expect.poll(table).toEqual([
      ['[10, 20)', '1', '1', '0'],
      ['[20, 30]', '1', '0', '1'],
    ])
    await tab.page.getByRole('button', { name: '+ Add breakdown' }).click()
    await tab.page.getByLabel('Breakdown 2', { exact: true }).selectOption('$browser')
    await expect
      .poll(async () => (await table()).map(([name]) => name))
      .toEqual(['[10, 20) · (none)', '[20, 30] · (none)'])
    expect(await tab.page.locator('.card h2').textContent()).toBe(
      'Total events by amount and browser',
    )
    await tab.page
      .getByRole('button', { name: /^1 Who: \[10, 20\)/ })
      .first()
      .click()
    await expect
      .poll(() => tab.page.locator('.actors-list .actor-name').allTextContents())
      .toEqual(['ann'])
    await tab.page.keyboard.press('Escape')
    await choose('Breakdown 2', '')
    await choose('Breakdown', '')
    await expect.poll(table).toEqual([['order', '2', '1', '1']])
    expect(tab.complaints).toEqual([])
  })

  it('compares with the time before', async () => {
    await open(`${RANGE}&event=%24pageview`)
    await choose('Compare with', 'previous')
    await expect.poll(table).toEqual([
      ['$pageview', '4', '▲ 100 % more', '3', '1'],
      ['$pageview (earlier)', '2', '', '1', '1'],
    ])
    const who = tab.page.getByRole('button', { name: 'Who: $pageview (earlier), Tue 2 Jun' })
    await who.click()
    await expect
      .poll(() => tab.page.locator('.actors-list .actor-name').allTextContents())
      .toEqual(['bob'])
    await tab.page.keyboard.press('Escape')
  })

  it('names who is behind a point of a line, and a piece of a bar', async () => {
    const people = () => tab.page.locator('.actors-list .actor-name').allTextContents()
    await open(`${RANGE}&event=%24pageview&event=order`)
    await tab.shape('order, Thu 4 Jun').click()
    await expect.poll(people).toEqual(['bob'])
    await tab.page.keyboard.press('Escape')
    await choose('Drawn as', 'bar')
    await tab.shape('order, Wed 3 Jun').click()
    await expect.poll(people).toEqual(['ann'])
    await tab.page.keyboard.press('Escape')
    await tab.page.getByRole('button', { name: 'Remove series B' }).click()
    await choose('Compare with', 'previous')
    await tab.shape('$pageview (earlier), Mon 1 Jun').click()
    await expect.poll(people).toEqual(['ann'])
    await tab.page.keyboard.press('Escape')
    expect(tab.complaints).toEqual([])
  })

  it('adds up, and smooths', async () => {
    await open(`${RANGE}&event=%24pageview`)
    await choose('Each bucket counts', 'cumulative')
    await expect.poll(async () => (await table())[0]).toEqual(['$pageview', '4', '3', '4'])
    await choose('Each bucket counts', 'own')
    await fill('Mean of buckets', '2')
    await expect.poll(async () => (await table())[0]).toEqual(['$pageview', '4', '3', '2'])
  })

  it('shows one big number, against the time before', async () => {
    await open(`${RANGE}&event=%24pageview&compare=previous`)
    await choose('Drawn as', 'number')
    await expect
      .poll(() => tab.page.locator('.numbers-tile').textContent())
      .toBe('$pageview4▲ 100 % more against 2')
    expect(await tab.page.locator('svg.plot').count()).toBe(0)
    expect(tab.complaints).toEqual([])
  })

  it('shows a table of the whole range', async () => {
    await open(`${RANGE}&event=%24pageview&breakdown=%24session_id&chart=table`)
    expect(await table()).toEqual([
      ['s3', '2'],
      ['s4', '1'],
      ['s5', '1'],
    ])
  })

  it('filters one series only', async () => {
    await open(`${RANGE}&event=order&event=%24pageview`)
    await tab.page.getByRole('button', { name: 'filters of series A' }).click()
    const filters = tab.page.getByRole('group', { name: 'Filters of series A' })
    await filters.getByRole('button', { name: '+ Add filter' }).click()
    await filters.getByLabel('Property').selectOption('amount')
    await filters.getByLabel('Condition').selectOption('gt')
    await filters.getByLabel('Value').fill('20')
    await filters.getByLabel('Value').press('Enter')
    await expect.poll(table).toEqual([
      ['order', '1', '0', '1'],
      ['$pageview', '4', '3', '1'],
    ])
  })

  it('names the field of a question that is refused, and keeps the old answer', async () => {
    await open(`${RANGE}&event=%24pageview&formula=A`)
    await fill('Formula 1', 'A +')
    await expect.poll(() => tab.page.getByRole('alert').textContent()).toContain('formulas.0')
    expect(await tab.page.locator('main table').count()).toBe(1)
    // The browser itself writes a refused request to the console.
    tab.complaints.length = 0
  })

  it.each(['', '&chart=number'])(
    'fits a narrow screen with every field labelled%s',
    async (more) => {
      const { page, complaints, close } = await site.openPage()
      await page.setViewportSize(NARROW)
      await page.goto(
        `${site.url}/trends?date_from=-30d&compare=previous&event=a&event=order${more}`,
      )
      await page.locator('main table').waitFor()
      await expectFitting(page)
      expect(complaints).toEqual([])
      await close()
    },
  )
})

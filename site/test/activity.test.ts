import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { expectFitting, NARROW } from './narrow.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

// Ann comes on the 1st, 2nd and 4th of June, Bob on the 2nd, 3rd and 4th, Cat on the 3rd.
const VISITS = [
  ['ann', 1],
  ['ann', 2],
  ['ann', 4],
  ['bob', 2],
  ['bob', 3],
  ['bob', 4],
  ['cat', 3],
] as const
const RANGE = 'date_from=2026-06-01&date_to=2026-06-04'

let site: RealSite
let tab: TestPage

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert([
    ...VISITS.map(([distinct_id, day]) => ({
      distinct_id,
      browser: distinct_id === 'bob' ? 'Safari' : 'Chrome',
      timestamp: Date.UTC(2026, 5, day, 12),
    })),
    { distinct_id: 'ann', timestamp: Date.UTC(2026, 5, 4, 13) },
    { distinct_id: 'bob', event: 'signup', timestamp: Date.UTC(2026, 5, 4, 13) },
    // The names of events are those of the last days.
    { distinct_id: 'dan', timestamp: Date.now() - 1_000 },
    { distinct_id: 'dan', event: 'signup', timestamp: Date.now() - 1_000 },
  ])
  tab = await site.openPage()
})
afterAll(async () => {
  await tab?.close()
  await site?.close()
})

const rowOf = (name: string) => tab.page.getByRole('row', { name })
const numbersOf = (name: string) =>
  rowOf(name)
    .locator('td')
    .evaluateAll((cells) => cells.map((cell) => cell.textContent?.split(' Who')[0]))
const people = () => tab.page.locator('.actors-list .actor-name').allTextContents()

describe('the page of lifecycle', () => {
  it('shows who came, stayed and left, day by day', async () => {
    await tab.page.goto(`${site.url}/lifecycle?${RANGE}`)
    await rowOf('New').waitFor()
    expect(await numbersOf('New')).toEqual(['1', '1', '1', '0'])
    expect(await numbersOf('Returning')).toEqual(['0', '1', '1', '1'])
    expect(await numbersOf('Resurrecting')).toEqual(['0', '0', '0', '1'])
    expect(await numbersOf('Dormant')).toEqual(['0', '0', '-1', '-1'])
    await tab.page.locator('svg.plot').waitFor()
    expect(tab.complaints).toEqual([])
  })

  it('names who left', async () => {
    await rowOf('Dormant').getByRole('button').last().click()
    await expect.poll(people).toEqual(['cat'])
    await tab.page.keyboard.press('Escape')
  })

  it('names who is behind a piece of a bar', async () => {
    await tab.shape('Dormant, Wed 3 Jun').click()
    await expect.poll(people).toEqual(['ann'])
    await tab.page.keyboard.press('Escape')
    await tab.shape('Resurrecting, Thu 4 Jun').click()
    await expect.poll(people).toEqual(['ann'])
    await tab.page.keyboard.press('Escape')
    expect(tab.complaints).toEqual([])
  })

  it('says of the running interval that it may still change', async () => {
    await tab.page.goto(`${site.url}/lifecycle?date_from=-1d`)
    await rowOf('New').waitFor()
    const last = tab.page.locator('thead th').last()
    expect(await last.textContent()).toContain('(so far)')
  })

  it('asks for the event that was chosen', async () => {
    await tab.page.goto(`${site.url}/lifecycle?${RANGE}`)
    await tab.page.getByLabel('Active by event').selectOption('signup')
    await expect.poll(() => numbersOf('New')).toEqual(['0', '0', '0', '1'])
    expect(tab.page.url()).toContain('event=signup')
  })

  it('says so when nobody was active', async () => {
    await tab.page.goto(`${site.url}/lifecycle?date_from=2026-05-01&date_to=2026-05-03`)
    await tab.page.getByText('Nobody was active in this date range').waitFor()
    expect(tab.complaints).toEqual([])
  })
})

describe('the page of stickiness', () => {
  it('shows how many were active on how many days, by each event', async () => {
    await tab.page.goto(`${site.url}/stickiness?${RANGE}&event=%24pageview&event=signup`)
    await rowOf('$pageview').waitFor()
    expect(await numbersOf('$pageview')).toEqual(['3', '1', '0', '2', '0'])
    expect(await numbersOf('signup')).toEqual(['1', '1', '0', '0', '0'])
    await tab.page.locator('svg.plot').waitFor()
    expect(tab.complaints).toEqual([])
  })

  it('shows shares, of at least so many days', async () => {
    await tab.page.getByLabel('Persons count').selectOption('cumulative')
    await tab.page.getByLabel('Bars show').selectOption('share')
    await expect
      .poll(() => numbersOf('$pageview'))
      .toEqual(['3', '100 %', '66.7 %', '66.7 %', '0 %'])
  })

  it('tells values of a property apart, and names who is behind them', async () => {
    await tab.page.goto(`${site.url}/stickiness?${RANGE}&breakdown=%24browser`)
    await rowOf('Chrome').waitFor()
    expect(await numbersOf('Chrome')).toEqual(['2', '1', '0', '1', '0'])
    expect(await numbersOf('Safari')).toEqual(['1', '0', '0', '1', '0'])
    await rowOf('Safari').getByRole('button').click()
    await expect.poll(people).toEqual(['bob'])
    await tab.page.keyboard.press('Escape')
    await tab.shape('Chrome on 1 day').click()
    await expect.poll(people).toEqual(['cat'])
    await tab.page.keyboard.press('Escape')
    expect(tab.complaints).toEqual([])
  })

  it('asks how many events make a day an active one', async () => {
    await tab.page.goto(`${site.url}/stickiness?${RANGE}`)
    const times = tab.page.getByLabel('Events of an active interval')
    await times.fill('2')
    await times.press('Enter')
    await expect.poll(() => numbersOf('$pageview')).toEqual(['1', '1', '0', '0', '0'])
    await rowOf('$pageview').getByRole('button').first().click()
    await expect.poll(people).toEqual(['ann'])
    await tab.page.keyboard.press('Escape')
    expect(tab.complaints).toEqual([])
  })

  it('names the field of a question that is refused', async () => {
    await tab.page.goto(`${site.url}/stickiness?${RANGE}&times=5000000`)
    await expect
      .poll(() => tab.page.getByRole('alert').textContent())
      .toContain('Field: criterion.value.')
    // The browser itself writes a refused request to the console.
    tab.complaints.length = 0
  })
})

describe.each(['lifecycle', 'stickiness'])('the page of %s', (path) => {
  it('fits a narrow screen, and gives every field a label', async () => {
    const { page, complaints, close } = await site.openPage()
    await page.setViewportSize(NARROW)
    await page.goto(`${site.url}/${path}?date_from=-30d`)
    await page.locator('main table').waitFor()
    await expectFitting(page)
    expect(complaints).toEqual([])
    await close()
  })
})

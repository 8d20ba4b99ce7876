import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { expectFitting, NARROW } from './narrow.ts'
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
        // Both came in one session, and for one company.
        ...(distinct_id !== 'cat' && { session_id: 'shared' }),
        properties: {
          number: String(minute),
          $groups: { company: distinct_id === 'cat' ? 'small' : 'big' },
        },
        person_set: { plan: distinct_id === 'ann' ? 'pro' : 'free' },
        timestamp: Date.UTC(2026, 5, 1, 12, minute),
      })),
    ),
    { distinct_id: 'dan', event: 'view', timestamp: Date.UTC(2026, 5, 2, 12) },
    // The names of events are those of the last days.
    ...['view', 'cart', 'pay', 'leave'].map((event) => ({
      ...{ distinct_id: 'eve', event, timestamp: Date.now() - 1_000, properties: { number: '0' } },
    })),
  ])
  await site.identify()
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
const fill = async (label: string, text: string) => {
  await tab.page.getByLabel(label, { exact: true }).fill(text)
  await tab.page.getByLabel(label, { exact: true }).press('Enter')
}
/** Names of the groups of the table. */
const groups = () => tab.page.locator('main .group-row th').allTextContents()
/** A group's rows begin with one of its name. */
const withHeads = (count: string, i: number) => (i % 3 === 0 ? [undefined, count] : [count])
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

  it('lets a step be left out', async () => {
    await open()
    expect(await tab.page.getByLabel('optional (step 1)').count()).toBe(0)
    await tab.page.getByLabel('optional (step 2)').check()
    await expect.poll(reached).toEqual(['4', '2', '3'])
    expect((await rowsOf('Funnel as a table'))[1]?.[0]).toBe('2. cart (optional)')
    await tab.page.reload()
    await expect.poll(reached).toEqual(['4', '2', '3'])
    await tab.page.getByRole('button', { name: 'Remove step 3' }).click()
    await expect.poll(reached).toEqual(['4', '2'])
    expect(tab.complaints).toEqual([])
  })

  it('counts groups of a type, or sessions', async () => {
    await open()
    await choose('Counted', 'group')
    await fill('Type of group counted', 'company')
    await expect.poll(reached).toEqual(['2', '1', '1'])
    await tab.page.getByText('Groups who took each step').waitFor()
    await tab.page.getByRole('button', { name: 'Who: Reached step 2, cart' }).click()
    await expect.poll(people).toEqual(['big'])
    await tab.page.keyboard.press('Escape')
    await choose('Counted', 'session')
    await expect.poll(reached).toEqual(['1', '1', '1'])
    expect(tab.complaints).toEqual([])
  })

  it('tells groups by several properties, of the event that is chosen', async () => {
    await open()
    await choose('Breakdown', '$browser')
    await tab.page.getByRole('button', { name: '+ Add breakdown' }).click()
    await tab.page.getByLabel('Breakdown 2', { exact: true }).selectOption({ label: 'number' })
    await choose('Value taken from', '2')
    await expect.poll(groups).toEqual(['Chrome · 1', 'Chrome · 2', '(none)'])
    await tab.page.getByRole('button', { name: 'Who: Reached step 3, pay: Chrome · 2' }).click()
    await expect.poll(people).toEqual(['bob'])
    await tab.page.keyboard.press('Escape')
    await choose('Value taken from', 'last_touch')
    await expect.poll(groups).toEqual(['Chrome · 2', 'Chrome · 3', 'Safari · 2', '(none)'])
    expect(tab.complaints).toEqual([])
  })

  it('tells groups by a property of persons, of groups and of sessions', async () => {
    await open()
    await tab.page.getByLabel('Breakdown').selectOption({ label: 'A property of the person …' })
    await fill('Property of the person', 'plan')
    await expect.poll(groups).toEqual(['free', 'pro', '(none)'])
    await tab.page.getByLabel('Breakdown').selectOption({ label: 'A property of the session …' })
    await choose('Property of the session', '$event_count')
    await expect.poll(groups).toEqual(['7', '(none)'])
    await tab.page.getByLabel('Breakdown').selectOption({ label: 'A property of the group …' })
    await fill('Type of group', 'company')
    await fill('Property of the group', 'size')
    await expect.poll(groups).toEqual(['(none)'])
    expect(tab.complaints).toEqual([])
  })

  it('answers once for each of the cohorts that are chosen', async () => {
    const did = (event: string) => ({ conditions: [{ type: 'did', event }] })
    for (const event of ['leave', 'pay']) {
      const cohort = { name: `Did ${event}`, rule: did(event) }
      await site.call('POST', '/api/cohorts?project=default', cohort)
    }
    await open()
    await tab.page.getByLabel('Breakdown').selectOption({ label: 'Cohorts …' })
    await tab.page.getByLabel('Did leave').check()
    await tab.page.getByLabel('Did pay').check()
    await expect.poll(groups).toEqual(['Did leave', 'Did pay'])
    await expect.poll(reached).toEqual(['1', '1', '1', '3', '2', '2'].flatMap(withHeads))
    await tab.page.reload()
    await expect.poll(groups).toEqual(['Did leave', 'Did pay'])
    await tab.page.getByLabel('Did leave').uncheck()
    await expect.poll(groups).toEqual(['Did pay'])
    expect(tab.complaints).toEqual([])
  })

  it('names who is behind a bar, and who was lost before it', async () => {
    await open()
    await tab.shape('Reached step 2, cart').click()
    await expect.poll(async () => (await people()).toSorted()).toEqual(['ann', 'bob'])
    await tab.page.keyboard.press('Escape')
    await tab.shape('Dropped after step 1, view').click()
    await expect.poll(async () => (await people()).toSorted()).toEqual(['cat', 'dan'])
    await tab.page.keyboard.press('Escape')
    await choose('Shown as', 'trend')
    await tab.shape('Everyone, converted, Mon 1 Jun').click()
    await expect.poll(async () => (await people()).toSorted()).toEqual(['ann', 'bob'])
    await tab.page.keyboard.press('Escape')
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

  it('shows what goes with converting, and who that is', async () => {
    await open('min_actors=1')
    await choose('Shown as', 'correlation')
    await expect
      .poll(() => rowsOf('Correlation as a table'))
      .toEqual([['leave', '1', '50 %', '0', '0 %', '3 ×']])
    await tab.shape('leave, converted').click()
    await expect.poll(people).toEqual(['bob'])
    await tab.page.keyboard.press('Escape')
    await tab.page.getByRole('button', { name: 'Who: leave, converted' }).click()
    await expect.poll(people).toEqual(['bob'])
    await tab.page.keyboard.press('Escape')
    await choose('Looked at', 'properties')
    await expect
      .poll(() => rowsOf('Correlation as a table'))
      .toEqual([
        ['Browser: Chrome', '2', '100 %', '0', '0 %', '9 ×'],
        ['Browser: Safari', '0', '0 %', '1', '50 %', '0.333 ×'],
      ])
    await tab.page.locator('svg.plot[aria-label="What goes with converting"]').waitFor()
    await tab.page.getByRole('button', { name: 'Who: dropped out' }).click()
    await expect.poll(async () => (await people()).toSorted()).toEqual(['cat', 'dan'])
    await tab.page.keyboard.press('Escape')
    await fill('Shared by at least', '5')
    await tab.page.getByText('Nothing is shared by as many as must share it.').waitFor()
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

  it.each([
    'view=time',
    'view=trend',
    'exclusions=[{"event":"leave"}]',
    'view=correlation&min_actors=1&correlate=$browser',
    'breakdowns=[{"type":"group","group":"company","property":"size"},{"property":"$browser"}]',
  ])('fits a narrow screen with every field labelled: %s', async (more) => {
    const { page, complaints, close } = await site.openPage()
    await page.setViewportSize(NARROW)
    await page.goto(`${site.url}/funnels?${question(more)}`)
    await page.locator('main table').first().waitFor()
    await expectFitting(page)
    expect(complaints).toEqual([])
    await close()
  })
})

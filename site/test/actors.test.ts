import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite } from './real-site.ts'

const HOUR_MS = 3_600_000
const START = Date.now() - 30 * 24 * HOUR_MS
const MANY = Array.from({ length: 120 }, (_, i) => `visitor-${String(i).padStart(3, '0')}`)

let site: RealSite

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  const did = (distinct_id: string, event: string, minutes: number, country: string) => ({
    ...{ distinct_id, event, timestamp: START + minutes * 60_000, country },
  })
  await site.insert([
    ...MANY.map((name) => did(name, '$pageview', 0, 'DE')),
    did('ann', '$pageview', 0, 'FR'),
    did('ann', 'signup', 5, 'FR'),
    did('bob', '$pageview', 1, ''),
  ])
})
afterAll(() => site?.close())

const FUNNEL = new URLSearchParams({
  project: 'default',
  steps: '[{"event":"$pageview"},{"event":"signup"}]',
  conversion_window: '1 hour',
  date_from: '-90d',
})

async function open(path: string) {
  const tab = await site.openPage()
  await tab.page.goto(site.url + path)
  const dialog = tab.page.getByRole('dialog')
  const who = (title: string) => tab.page.getByRole('button', { name: `Who: ${title}` })
  const names = () => dialog.locator('.actor-name').allTextContents()
  return { ...tab, dialog, who, names }
}

describe('a number of a funnel', () => {
  it('names who reached the step', async () => {
    const { who, dialog, names, complaints, close } = await open(`/funnels?${FUNNEL}`)
    await who('Reached step 2, signup').click()
    await dialog.getByText('1 persons').waitFor()
    expect(await names()).toEqual(['ann'])
    expect(await dialog.getByRole('link', { name: 'ann' }).getAttribute('href')).toMatch(
      /^\/person\?project=default&id=\d+$/,
    )
    expect(complaints).toEqual([])
    await close()
  })

  it('names who dropped, page by page, each once', async () => {
    const { who, dialog, names, close } = await open(`/funnels?${FUNNEL}`)
    await who('Dropped after step 1, $pageview').click()
    for (const shown of ['50 persons so far', '100 persons so far']) {
      await dialog.getByText(shown).waitFor()
      await dialog.getByRole('button', { name: 'Load more' }).click()
    }
    await dialog.getByText('121 persons').waitFor()
    expect((await names()).sort()).toEqual(['bob', ...MANY])
    await close()
  })

  it('names those of one value, and those without any', async () => {
    const { who, dialog, names, close, page } = await open(`/funnels?${FUNNEL}&breakdown=$country`)
    const reached = who('Reached step 1, $pageview')
    await reached.first().waitFor()
    const rows = await page.locator('tbody .group-row').allTextContents()
    for (const [group, name] of [
      ['France', 'ann'],
      ['(none)', 'bob'],
    ]) {
      await reached.nth(rows.indexOf(group ?? '')).click()
      await expect.poll(names).toEqual([name])
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }
    await close()
  })
})

describe('a number of a trend', () => {
  it('names who is behind a total, and gives the focus back when it closes', async () => {
    const { who, dialog, names, complaints, page, close } = await open(
      '/trends?project=default&event=signup&date_from=-90d&interval=week',
    )
    await who('signup').first().focus()
    await page.keyboard.press('Enter')
    await expect.poll(names).toEqual(['ann'])
    await dialog.getByRole('button', { name: 'Close' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('who')
    expect(complaints).toEqual([])
    await close()
  })

  it('names who is in one bucket of one line', async () => {
    const { who, names, close } = await open(
      '/trends?project=default&event=$pageview&date_from=-90d&interval=quarter&breakdown=$country',
    )
    await who('France, Quarter from').first().click()
    await expect.poll(names).toEqual(['ann'])
    await close()
  })

  it('names nobody for 0', async () => {
    const { page, close } = await open(
      '/trends?project=default&event=signup&date_from=-90d&interval=week',
    )
    const zeros = page.getByRole('cell', { name: '0', exact: true })
    await zeros.first().waitFor()
    expect(await zeros.getByRole('button').count()).toBe(0)
    await close()
  })

  it('is no question to the API until it is clicked', async () => {
    const tab = await site.openPage()
    const asked: string[] = []
    tab.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await tab.page.goto(`${site.url}/funnels?${FUNNEL}`)
    await tab.page.getByRole('button', { name: 'Who: Reached step 2' }).waitFor()
    expect(asked).not.toContain('/api/actors')
    await tab.close()
  })
})

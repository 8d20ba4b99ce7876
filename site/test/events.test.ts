import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite } from './real-site.ts'

const MINUTE_MS = 60_000
const NOON = Date.UTC(2026, 10, 20, 12)
const DAY = 'project=default&date_from=2026-11-20&date_to=2026-11-20'
const UUID = '0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44'

let site: RealSite

const at = (minutes: number, event: string, facts = {}) => ({
  ...{ event, timestamp: NOON + minutes * MINUTE_MS, distinct_id: 'ann', ...facts },
})

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert([
    ...Array.from({ length: 120 }, (_, i) => at(-i - 10, 'tick', { distinct_id: `id ${i}` })),
    at(0, 'signup', {
      ...{ uuid: UUID, pathname: '/join', browser: 'Firefox' },
      ...{ properties: { plan: 'pro', price: 12.5 }, person_set: { email: 'ann@example.com' } },
    }),
    at(-1, '$pageview', { current_url: 'https://shop.example/pricing', is_bot: true }),
  ])
})
afterAll(() => site?.close())

async function open(search = DAY) {
  const tab = await site.openPage()
  await tab.page.goto(`${site.url}/events?${search}`)
  const names = () => tab.page.locator('.unfold').allTextContents()
  return { ...tab, names }
}

describe('the list of events', () => {
  it('shows the newest first with the chosen columns, and reads on', async () => {
    const { page, names, complaints, close } = await open(`${DAY}&column=plan&column=$pathname`)
    await page.getByText('50 events so far').waitFor()
    const cells = page.getByRole('row', { name: 'signup' }).getByRole('cell')
    expect(await cells.allTextContents()).toEqual(['ann', 'pro', '/join', '20 Nov 2026, 12:00:00'])
    for (const shown of ['100 events so far', '122 events']) {
      await page.getByRole('button', { name: 'Load more' }).click()
      await page.getByText(shown).waitFor()
    }
    expect(await names()).toEqual(['signup', '$pageview', ...Array(120).fill('tick')])
    expect(complaints).toEqual([])
    await close()
  })

  it('unfolds an event to everything that is known of it', async () => {
    const { page, complaints, close } = await open()
    await page.getByRole('button', { name: 'signup', exact: true }).click()
    const json = async (title: string) => {
      const text = await page.getByRole('region', { name: title, exact: true }).textContent()
      return JSON.parse(text?.slice(title.length) ?? '')
    }
    expect(await json('Properties')).toMatchObject({
      plan: 'pro',
      price: 12.5,
      $browser: 'Firefox',
    })
    expect(await json('$set')).toEqual({ email: 'ann@example.com' })
    expect(await page.getByText(UUID).count()).toBe(1)
    expect(complaints).toEqual([])
    await close()
  })

  it('shows times by the clock that was asked for', async () => {
    const { page, close } = await open(`${DAY}&time_zone=Asia/Kathmandu`)
    await page.getByRole('columnheader', { name: 'Time (Asia/Kathmandu)' }).waitFor()
    await page.getByRole('cell', { name: '20 Nov 2026, 17:45:00' }).waitFor()
    await close()
  })

  it('finds by name, text, property and whether a bot did it', async () => {
    const { page, names, close } = await open()
    await page.getByText('events so far').waitFor()
    await page.getByLabel('Events: one more').selectOption('signup')
    await expect.poll(names).toEqual(['signup'])
    await page.getByRole('button', { name: 'Remove signup from events' }).click()
    await page.getByLabel('Search in everything').fill('PRICING')
    await page.keyboard.press('Enter')
    await expect.poll(names).toEqual(['$pageview'])
    await page.getByLabel('Include bots').uncheck()
    await page.getByText('No such events in this range.').waitFor()
    await page.getByLabel('Search in everything').fill('')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '+ Add filter' }).click()
    await page.getByLabel('Property', { exact: true }).selectOption('plan')
    await page.getByLabel('Value').fill('pro')
    await page.keyboard.press('Enter')
    await expect.poll(names).toEqual(['signup'])
    await close()
  })

  it('adds and takes away columns, which the address keeps', async () => {
    const { page, close } = await open()
    await page.getByLabel('Columns: one more').selectOption('plan')
    await page.getByRole('columnheader', { name: 'plan' }).waitFor()
    for (const name of ['$pathname', '$browser', '$country', 'plan']) {
      await page.getByRole('button', { name: `Remove ${name} from columns` }).click()
    }
    expect(await page.getByRole('columnheader').allTextContents()).toEqual([
      ...['Event', 'Distinct id', 'Time (UTC)'],
    ])
    await page.reload()
    await page.getByText('events so far').waitFor()
    expect(await page.getByRole('columnheader').count()).toBe(3)
    await close()
  })

  it('offers newer events, and shows them when they are wanted', async () => {
    const { page, names, close } = await open()
    await page.getByText('50 events so far').waitFor()
    await site.insert([at(5, 'newest')])
    const button = page.getByRole('button', { name: 'Load newer events' })
    await button.waitFor()
    expect((await names())[0]).toBe('signup')
    await button.click()
    await expect.poll(async () => (await names())[0]).toBe('newest')
    expect(await button.count()).toBe(0)
    await close()
  })

  it('leads from an event to its person', async () => {
    const { page, close } = await open()
    const link = page.getByRole('row', { name: 'signup' }).getByRole('link')
    expect(await link.getAttribute('href')).toMatch(/^\/person\?project=default&id=\d+$/)
    await close()
  })

  it('gives the same events as a file', async () => {
    const { page, close } = await open(`${DAY}&event=signup&column=plan`)
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV', exact: true }).click()
    const file = await (await coming).path()
    expect((await coming).suggestedFilename()).toBe('default-events.csv')
    const [head, ...rows] = (await readFile(file, 'utf8')).trim().split('\r\n')
    expect(head).toContain('properties.plan')
    expect(rows).toHaveLength(1)
    expect(rows[0]).toContain(UUID)
    await close()
  })

  it('names the field of a question that the API refuses', async () => {
    const { page, close } = await open(
      `project=default&date_from=2026-11-20&date_to=2026-11-10&column=plan`,
    )
    expect(await page.getByRole('alert').textContent()).toMatch(/Field: date_/)
    await close()
  })

  it('fits a narrow screen', async () => {
    const { page, close } = await open()
    await page.setViewportSize({ width: 390, height: 800 })
    await page.getByRole('button', { name: 'signup', exact: true }).click()
    await page.getByRole('region', { name: 'Properties' }).waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    await close()
  })
})

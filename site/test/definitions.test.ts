import type { PropertyDefinitions } from '@headwater/schemas/insights/definitions'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite } from './real-site.ts'

const START = Date.now() - 3_600_000

let site: RealSite

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  const did = (event: string, properties = {}) => ({ event, timestamp: START, properties })
  await site.insert([
    ...Array.from({ length: 12 }, () => did('$pageview', { theme: 'dark' })),
    did('signup', { plan: 'pro', price: 12.5 }),
    did('signup', { plan: 'free', price: 'none' }),
    did('debug', { trace: 1 }),
  ])
})
afterAll(() => site?.close())

async function open(search = '') {
  const tab = await site.openPage()
  await tab.page.goto(`${site.url}/definitions?${search}`)
  const names = () => tab.page.locator('.definition-table tbody th').allTextContents()
  const cells = (name: string) =>
    tab.page.getByRole('row', { name }).first().getByRole('cell').allTextContents()
  return { ...tab, names, cells }
}

describe('definitions of events', () => {
  it('are listed with counts, the most frequent first, each a way to its events', async () => {
    const { page, names, cells, complaints, close } = await open()
    await expect.poll(names).toEqual(['$pageview', 'signup', 'debug'])
    expect((await cells('signup')).slice(0, 2)).toEqual(['–', '2'])
    const link = page.getByRole('link', { name: 'signup' })
    expect(await link.getAttribute('href')).toContain('event=signup')
    expect(complaints).toEqual([])
    await close()
  })

  it('keep what is said of them, and are hidden when that is wanted', async () => {
    const { page, names, cells, complaints, close } = await open()
    await page.getByRole('button', { name: 'Edit debug' }).click()
    await page.getByLabel('Description', { exact: true }).fill('Only for us')
    await page.getByLabel('Hidden: pickers').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(names).toEqual(['$pageview', 'signup'])
    await page.getByLabel('Show hidden ones').check()
    await expect.poll(names).toEqual(['$pageview', 'signup', 'debughidden'])
    expect((await cells('debug'))[0]).toBe('Only for us')
    await page.getByRole('button', { name: 'Edit debug' }).click()
    expect(await page.getByLabel('Description', { exact: true }).inputValue()).toBe('Only for us')
    await page.keyboard.press('Escape')
    expect(await page.getByRole('form').count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })

  it('are found by name or description', async () => {
    const { page, names, close } = await open()
    await page.getByLabel('Search names and descriptions').fill('SIGN')
    await page.keyboard.press('Enter')
    await expect.poll(names).toEqual(['signup'])
    await page.getByLabel('Search names and descriptions').fill('nothing')
    await page.keyboard.press('Enter')
    await page.getByText('None has this text.').waitFor()
    await close()
  })
})

describe('definitions of properties', () => {
  it('show types and values as the API tells them', async () => {
    const { page, cells, complaints, close } = await open('kind=properties&event=signup')
    await page.getByRole('row', { name: 'price' }).waitFor()
    const { properties } = await site.call<PropertyDefinitions>(
      'GET',
      '/api/definitions/properties?project=default&event=signup',
    )
    const price = properties.find(({ name }) => name === 'price')
    expect(price?.types.toSorted()).toEqual(['number', 'string'])
    const shown = await cells('price')
    expect(shown.slice(1, 4)).toEqual([
      price?.types.join(', '),
      price?.samples.join(' · '),
      String(price?.count),
    ])
    await page.getByText('Seen in a sample of 2 events').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('can be described', async () => {
    const { page, cells, close } = await open('kind=properties&search=plan')
    await page.getByRole('button', { name: 'Edit plan' }).click()
    await page.getByLabel('Description', { exact: true }).fill('What they pay for')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(async () => (await cells('plan'))[0]).toBe('What they pay for')
    await close()
  })

  it('tell those of sessions, too', async () => {
    const { page, cells, close } = await open()
    await page.getByRole('button', { name: 'Session properties' }).click()
    await page.getByRole('row', { name: '$pageview_count' }).waitFor()
    expect((await cells('$pageview_count'))[0]).toBe('number')
    await close()
  })

  it('fit a narrow screen', async () => {
    const { page, close } = await open('kind=properties')
    await page.setViewportSize({ width: 390, height: 800 })
    await page.getByRole('button', { name: 'Edit plan' }).click()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    await close()
  })
})

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { NAVIGATION } from '../src/lib/navigation.ts'
import { type RealSite, startRealSite } from './real-site.ts'

const PAGES = NAVIGATION.flatMap(({ pages }) => pages)

let site: RealSite

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  await site.insert([{ timestamp: Date.now() - 60_000 }])
})
afterAll(() => site?.close())

describe('the navigation', () => {
  it.each(PAGES)('leads to $name, which opens without a complaint', async ({ name, path }) => {
    const { page, complaints, close } = await site.openPage()
    await page.goto(`${site.url}/dashboard`)
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
    await page.waitForURL(`**${path}**`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.locator('nav [aria-current=page]').textContent()).toContain(name)
    // A page that is told of each event as it comes is never idle.
    if (path === '/live') await page.getByText('Connected', { exact: true }).waitFor()
    else await page.waitForLoadState('networkidle', { timeout: 10_000 }).catch(() => {})
    expect(complaints).toEqual([])
    await close()
  })

  it('is folded on a narrow screen, and opens', async () => {
    const { page, close } = await site.openPage()
    await page.setViewportSize({ width: 390, height: 800 })
    await page.goto(`${site.url}/trends`)
    const link = page.getByRole('navigation').getByRole('link', { name: 'Funnels' })
    expect(await link.isVisible()).toBe(false)
    await page.getByText('Menu').click()
    expect(await link.isVisible()).toBe(true)
    await close()
  })
})

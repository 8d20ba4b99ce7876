import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { GUIDES } from '../src/lib/install-guides.ts'
import { expectFitting, NARROW } from './narrow.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

const KEY = 'wk_default_1_abc'

let site: RealSite
let tab: TestPage
let page: Page

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
})
afterAll(() => site?.close())
beforeEach(async () => {
  tab = await site.openPage()
  page = tab.page
})
afterEach(() => tab.close())

const state = () => page.locator('.install-state').textContent()
const code = () => page.locator('.code-block code').allTextContents()
const open = (guide: string) => page.goto(`${site.url}/install?guide=${guide}`)

describe('the page that says how events are sent', () => {
  it.each(Object.entries(GUIDES))('has the address and the key in what %s needs', async (id) => {
    await open(id)
    await page.getByRole('heading', { level: 1, name: 'Send events' }).waitFor()
    const text = (await code()).join('\n')
    expect(text).toContain(KEY)
    expect(text).toContain('http://localhost:8000')
    expect(tab.complaints).toEqual([])
  })

  it('says that it waits, and then that an event arrived', async () => {
    await open('curl')
    await expect.poll(state).toBe('Waiting for an event …')
    await site.insert([{ event: 'first of all', timestamp: Date.now() }])
    await expect.poll(state).toBe('It works: 1 event arrived since this page is open.')
    await page.getByRole('row', { name: 'first of all' }).waitFor()
  })

  it('puts another key into every line when one is typed', async () => {
    await open('posthog')
    await page.getByLabel('Write key').fill('wk_shop_7_fff')
    await page.getByLabel('Write key').press('Enter')
    await expect.poll(async () => (await code()).join().includes(KEY)).toBe(false)
    for (const line of await code()) expect(line).toContain('wk_shop_7_fff')
  })

  it('copies a line whole', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await open('web')
    await page.getByRole('button', { name: 'Copy' }).first().click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toBe((await code())[0])
  })

  it('does not know the key of another project, and says where to put it', async () => {
    await page.goto(`${site.url}/install?project=shop&guide=python`)
    await page.getByText('Put the key of your project in').waitFor()
    expect((await code()).join()).toContain('wk_shop_…')
  })

  it('fits narrow screens', async () => {
    await page.setViewportSize(NARROW)
    await open('segment')
    await page.getByLabel('Write key').waitFor()
    await expectFitting(page)
  })
})

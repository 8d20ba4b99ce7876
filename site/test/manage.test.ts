import type { SavedAnnotation } from '@headwater/schemas/insights/annotation'
import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import type { ProjectSettings } from '@headwater/schemas/insights/settings'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

const DAY_MS = 86_400_000

let site: RealSite
let tab: TestPage
let page: Page

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  const at = (days: number) => Date.now() - days * DAY_MS
  await site.insert([1, 2, 3].map((days) => ({ event: '$pageview', timestamp: at(days) })))
})
afterAll(() => site?.close())
beforeEach(async () => {
  tab = await site.openPage()
  page = tab.page
})
afterEach(() => tab.close())

const open = (path: string) => page.goto(site.url + path)
const dialog = () => page.getByRole('dialog')
const button = (name: string) => page.getByRole('button', { name, exact: true })
const local = (ms: number) => new Date(ms).toISOString().slice(0, 16)
const listed = () =>
  site.call<{ items: SavedAnnotation[] }>('GET', '/api/annotations?project=default')

describe('annotations', () => {
  it('are made on a trend and marked at their time, with their text beside it', async () => {
    await open('/trends?event=$pageview&date_from=-7d')
    await button('+ Annotation').click()
    const time = local(Date.now() - 2 * DAY_MS)
    await dialog().getByLabel('Time').fill(time)
    await dialog().getByLabel('What happened').fill('Version 2 went out')
    await dialog().getByRole('button', { name: 'Save' }).click()
    const line = page.getByRole('list', { name: 'Annotations' }).getByRole('listitem')
    await line.waitFor()
    expect(await line.textContent()).toContain('Version 2 went out')
    expect((await listed()).items).toMatchObject([
      { text: 'Version 2 went out', time: `${time}:00.000Z`, scope: 'project' },
    ])
    const dot = page.locator('.plot g[aria-label=dot] title', { hasText: 'Version 2 went out' })
    await dot.waitFor({ state: 'attached' })

    await page.getByLabel('Date range').selectOption('-24h')
    await expect.poll(() => line.count()).toBe(0)
    expect(tab.complaints).toEqual([])
  })

  it('are on the dashboard and the insight that they belong to, and on no other', async () => {
    const query = { kind: 'trends', project: 'default', series: [{ event: '$pageview' }] }
    const make = <Item>(noun: string, body: object) =>
      site.call<Item>('POST', `/api/${noun}?project=default`, body)
    const { id } = await make<SavedInsight>('insights', { name: 'Views', query })
    const tiles = [{ insight: id, x: 0, y: 0, w: 6, h: 4 }]
    const board = await make<SavedDashboard>('dashboards', { name: 'Board', tiles })
    const time = new Date(Date.now() - DAY_MS).toISOString()
    await make('annotations', { time, text: 'On the board', scope: { dashboard: board.id } })
    await make('annotations', { time, text: 'On the insight', scope: { insight: id } })
    const marks = (text: string) => page.locator('.plot title', { hasText: text })

    await open(`/dashboards?id=${board.id}`)
    await marks('On the board').waitFor({ state: 'attached' })
    expect(await marks('On the insight').count()).toBe(1)
    await open(`/saved?id=${id}`)
    await marks('On the insight').waitFor({ state: 'attached' })
    expect(await marks('On the board').count()).toBe(0)
  })

  it('are listed, changed unless somebody else did meanwhile, deleted and brought back', async () => {
    const made = await site.call<SavedAnnotation>('POST', '/api/annotations?project=default', {
      time: '2026-06-01T12:00:30Z',
      text: 'Typo',
    })
    const path = `/api/annotations/${made.id}?project=default`
    await open('/annotations')
    await button('Change Typo').click()
    await dialog().getByLabel('What happened').fill('Mended')
    await button('Save').click()
    await button('Change Mended').waitFor()
    const read = () => site.call<SavedAnnotation>('GET', path)
    expect(await read()).toMatchObject({ text: 'Mended', time: '2026-06-01T12:00:30.000Z' })

    await button('Change Mended').click()
    await site.call('PUT', path, { time: made.time, text: 'Theirs', version: 2 })
    await dialog().getByLabel('What happened').fill('Mine')
    await button('Save').click()
    await page.getByText('nothing was overwritten').waitFor()
    expect((await read()).text).toBe('Theirs')
    await button('Drop mine and show theirs').click()

    await button('Delete Theirs').click()
    await button('Really delete Theirs').click()
    await page.getByText('Show what was deleted').click()
    await button('Restore Theirs').click()
    await button('Change Theirs').waitFor()
    expect(tab.complaints.filter((line) => !line.includes('409'))).toEqual([])
  })
})

describe('the settings', () => {
  const path = '/api/settings?project=default'
  const read = () => site.call<ProjectSettings>('GET', path)

  it('are saved, and brought back from their history', async () => {
    await open('/settings')
    await page.getByLabel('Time zone').selectOption('Europe/Berlin')
    await page.getByLabel('Weeks begin on').selectOption('sunday')
    await button('+ Add condition').click()
    await page.getByLabel('Value of condition 1').fill('@headwater.dev, @example.com')
    await page.getByLabel('Leave internal events out').check()
    await button('Save').click()
    await expect.poll(async () => (await read()).version).toBe(1)
    const changed = await read()
    expect(changed).toMatchObject({
      time_zone: 'Europe/Berlin',
      week_start: 'sunday',
      filter_internal_by_default: true,
      internal_users_filters: [
        {
          ...{ type: 'person', property: 'email', operator: 'not_contains' },
          value: ['@headwater.dev', '@example.com'],
        },
      ],
    })
    await page.getByText('Version 1').waitFor()
    await page.getByText('Saved.').waitFor()
    await page.getByLabel('Time zone').selectOption('UTC')
    await button('Save').click()
    await button('Restore version 1').click()
    await expect.poll(async () => (await read()).version).toBe(3)
    expect(await read()).toMatchObject({ time_zone: 'Europe/Berlin', week_start: 'sunday' })
    await expect.poll(() => page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin')
    expect(tab.complaints).toEqual([])
  })

  it('are not overwritten when somebody else saved meanwhile', async () => {
    await open('/settings')
    await page.getByLabel('Weeks begin on').selectOption('saturday')
    const { version } = await read()
    await site.call('PUT', path, { version, time_zone: 'Asia/Tokyo' })
    await button('Save').click()
    await page.getByText('nothing was overwritten').waitFor()
    expect((await read()).time_zone).toBe('Asia/Tokyo')
    await button('Drop mine and show theirs').click()
    await expect.poll(() => page.getByLabel('Time zone').inputValue()).toBe('Asia/Tokyo')
  })

  it('name the field of a refused change', async () => {
    await open('/settings')
    await button('+ Add condition').click()
    await page.getByLabel('Owner of condition 1').selectOption('session')
    await button('Save').click()
    expect(await page.getByRole('alert').textContent()).toContain('internal_users_filters.0')
  })
})

describe('every page of what people manage', () => {
  it.each(['/annotations', '/settings'])('fits a narrow screen: %s', async (path) => {
    await page.setViewportSize({ width: 390, height: 800 })
    await open(path)
    await page.getByRole('main').locator('.card').first().waitFor()
    await page.waitForTimeout(300)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over).toBeLessThanOrEqual(0)
  })
})

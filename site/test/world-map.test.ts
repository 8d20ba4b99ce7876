import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

let site: RealSite
let tab: TestPage

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  const at = { timestamp: Date.now() - 60_000 }
  await site.insert([
    { ...at, distinct_id: 'ann', country: 'DE' },
    { ...at, distinct_id: 'ann', country: 'DE' },
    { ...at, distinct_id: 'bob', country: 'BR' },
    { ...at, distinct_id: 'cem', country: '' },
    { ...at, distinct_id: 'dan', country: 'MT' },
    { ...at, distinct_id: 'bob', country: 'BR', event: 'signup' },
  ])
  tab = await site.openPage()
})
afterAll(async () => {
  await tab?.close()
  await site?.close()
})

const map = (name: string) => tab.page.getByRole('region', { name: `Map: ${name}` })
const titled = (name: string, text: string) =>
  map(name).locator('path', { has: tab.page.getByText(text, { exact: true }) })

describe('a trend on a map of the world', () => {
  it('is chosen as any other way to draw it, and splits by country by itself', async () => {
    await tab.page.goto(`${site.url}/trends?event=$pageview`)
    await tab.page.getByLabel('Drawn as').selectOption('World map')
    await titled('$pageview', 'Germany: 2').waitFor()
    expect(new URL(tab.page.url()).searchParams.get('breakdown')).toBe('$country')
    expect(await titled('$pageview', 'Brazil: 1').count()).toBe(1)
    expect(await map('$pageview').getByText('Not on this map').textContent()).toContain('Malta')
    const table = await tab.page.locator('main tbody th').allTextContents()
    expect(table.sort()).toEqual(['(none)', 'Brazil', 'Germany', 'Malta'])
    expect(tab.complaints).toEqual([])
  })

  it('has a map of its own for each series', async () => {
    await tab.page.goto(`${site.url}/trends?event=$pageview&event=signup&chart=map`)
    await titled('$pageview', 'Germany: 2').waitFor()
    await titled('signup', 'Brazil: 1').waitFor()
    expect(await titled('signup', 'Germany: 0').count()).toBe(1)
  })

  it('says that a map is of countries, when another property is asked for', async () => {
    await tab.page.goto(`${site.url}/trends?event=$pageview&chart=map&breakdown=$browser`)
    const alert = tab.page.getByRole('alert').first()
    await alert.waitFor()
    expect(await alert.textContent()).toContain('a map is broken down by $country')
  })

  it('is drawn on a dashboard as it was saved', async () => {
    const made = await site.call<SavedInsight>('POST', '/api/insights?project=default', {
      name: 'Where',
      query: {
        ...{ kind: 'trends', project: 'default', display: 'map' },
        series: [{ event: '$pageview' }],
      },
    })
    const board = await site.call<SavedDashboard>('POST', '/api/dashboards?project=default', {
      name: 'Places',
      tiles: [{ insight: made.id, x: 0, y: 0, w: 6, h: 4 }],
    })
    await tab.page.goto(`${site.url}/dashboards?id=${board.id}`)
    const tile = tab.page.getByRole('region', { name: 'Where', exact: true })
    await tile.locator('path', { has: tab.page.getByText('Germany: 2', { exact: true }) }).waitFor()
    expect(tab.complaints.filter((line) => !line.includes('400'))).toEqual([])
  })

  it('fits a narrow screen', async () => {
    await tab.page.setViewportSize({ width: 390, height: 800 })
    await tab.page.goto(`${site.url}/trends?event=$pageview&event=signup&chart=map`)
    await titled('signup', 'Brazil: 1').waitFor()
    const overflow = await tab.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBe(0)
  })
})

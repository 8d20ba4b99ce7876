import type { PersonList } from '@headwater/schemas/insights/persons'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite } from './real-site.ts'

const MINUTE_MS = 60_000
const START = Date.UTC(2026, 10, 20, 9)
const MANY = Array.from({ length: 70 }, (_, i) => `visitor-${String(i).padStart(2, '0')}`)

let site: RealSite

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  let minutes = 0
  const did = (distinct_id: string, event: string, facts = {}) => ({
    ...{ distinct_id, event, timestamp: START + minutes++ * MINUTE_MS, ...facts },
  })
  await site.insert([
    ...MANY.map((name) => did(name, '$pageview')),
    ...Array.from({ length: 60 }, (_, i) => did('eve', `step ${i}`)),
    did('anon-1', '$pageview', { pathname: '/pricing' }),
    did('ann', '$identify', { properties: { $anon_distinct_id: 'anon-1' } }),
    did('ann', 'signup', {
      properties: { plan: 'pro', price: 12.5 },
      person_set: { email: 'ann@example.com', plan: 'pro', tags: ['a', 'b'] },
    }),
    did('bob', '$pageview', { person_set: { name: 'Bob <b>', plan: 'free' } }),
  ])
  await site.identify()
})
afterAll(() => site?.close())

async function open(path: string) {
  const tab = await site.openPage()
  await tab.page.goto(site.url + path)
  const card = (name: string | RegExp) => tab.page.getByRole('region', { name })
  const names = () => tab.page.locator('.person-table tbody th').allTextContents()
  return { ...tab, card, names }
}
async function idOf(distinct_id: string): Promise<string> {
  const path = `/api/persons?${new URLSearchParams({ project: 'default', distinct_id })}`
  const { persons } = await site.call<PersonList>('GET', path)
  return persons[0]?.id ?? ''
}

describe('the list of persons', () => {
  it('shows the last seen first with what is known of them, and reads on', async () => {
    const { page, names, complaints, close } = await open('/persons?project=default')
    await page.getByText('50 persons so far').waitFor()
    expect((await names()).slice(0, 3)).toEqual(['Bob <b>', 'ann@example.com', 'eve'])
    const ann = page.getByRole('row', { name: 'ann@example.com' })
    expect(await ann.getByRole('cell').allTextContents()).toEqual([
      ...['ann, anon-1', 'email: ann@example.com · plan: pro · tags: ["a","b"]', '3'],
      ...['20 Nov 2026, 11:12:00', '20 Nov 2026, 11:10:00'],
    ])
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText('73 persons').waitFor()
    expect(new Set(await names()).size).toBe(73)
    expect(complaints).toEqual([])
    await close()
  })

  it('finds by a part of a property, and keeps the search in the address', async () => {
    const { page, names, close } = await open('/persons')
    await page.getByLabel('Search ids and properties').fill('EXAMPLE.com')
    await page.keyboard.press('Enter')
    await expect.poll(names).toEqual(['ann@example.com'])
    expect(new URL(page.url()).searchParams.get('search')).toBe('EXAMPLE.com')
    await close()
  })

  it('finds exactly one by a distinct_id that it had before it was known', async () => {
    const { names, close } = await open('/persons?project=default&distinct_id=anon-1')
    await expect.poll(names).toEqual(['ann@example.com'])
    await close()
  })

  it('filters by properties of persons, which it offers', async () => {
    const { page, names, close } = await open('/persons')
    await page.getByRole('row', { name: 'Bob' }).waitFor()
    await page.getByRole('button', { name: '+ Add filter' }).click()
    await page.getByLabel('Property', { exact: true }).selectOption('plan')
    await page.getByLabel('Value').fill('free')
    await page.keyboard.press('Enter')
    await expect.poll(names).toEqual(['Bob <b>'])
    await page.getByLabel('Condition').selectOption('is_not')
    await expect.poll(async () => (await names())[0]).toBe('ann@example.com')
    await close()
  })

  it('says when nobody is found', async () => {
    const { page, close } = await open('/persons?project=default&search=nobody-at-all')
    await page.getByText('Nobody is like that.').waitFor()
    await close()
  })

  it('names the field of a question that the API refuses', async () => {
    const { page, close } = await open(
      `/persons?${new URLSearchParams({ project: 'default', filters: `[{"property":"p","value":"${'x'.repeat(2_001)}"}]` })}`,
    )
    expect(await page.getByRole('alert').textContent()).toContain('Field: filters.0.value')
    await close()
  })
})

describe('the page of a person', () => {
  it('shows what is known, and leads back to the list', async () => {
    const { page, card, complaints, close } = await open(`/person?id=${await idOf('ann')}`)
    await page.getByRole('heading', { level: 1, name: 'ann@example.com' }).waitFor()
    const known = card('Properties').getByRole('row')
    expect(await known.allTextContents()).toEqual([
      'emailann@example.com',
      'planpro',
      'tags["a","b"]',
    ])
    expect(
      await card(/^Known by/)
        .getByRole('listitem')
        .allTextContents(),
    ).toEqual(['ann', 'anon-1'])
    expect(complaints).toEqual([])
    await page.getByRole('link', { name: 'All persons' }).click()
    await page.waitForURL('**/persons?project=default')
    await close()
  })

  it('shows what it did, the newest first, each with all of its properties', async () => {
    const { page, card, close } = await open(`/person?id=${await idOf('ann')}`)
    const events = card('Events').locator('.unfold')
    await events.first().waitFor()
    expect(await events.allTextContents()).toEqual(['signup', '$identify', '$pageview'])
    await events.first().click()
    const json = page.getByRole('region', { name: 'Properties' }).locator('pre').first()
    expect(JSON.parse((await json.textContent()) ?? '')).toMatchObject({ plan: 'pro', price: 12.5 })
    expect(await events.first().getAttribute('aria-expanded')).toBe('true')
    await close()
  })

  it('reads further back', async () => {
    const { page, card, close } = await open(`/person?id=${await idOf('eve')}`)
    await card('Events').getByRole('button', { name: 'Load more' }).click()
    await page.getByText('60 events').waitFor()
    expect(await card('Events').locator('.unfold').last().textContent()).toBe('step 0')
    await close()
  })

  it('takes a link away, and gives it back', async () => {
    const { page, card, complaints, close } = await open(`/person?id=${await idOf('ann')}`)
    const ids = card(/^Known by/).getByRole('listitem')
    await expect.poll(() => ids.count()).toBe(2)
    await card('Links').getByRole('button', { name: 'Undo the link of anon-1 to ann' }).click()
    await expect.poll(() => ids.allTextContents()).toEqual(['ann'])
    expect(await idOf('anon-1')).not.toBe(await idOf('ann'))
    await card('Links').getByRole('button', { name: 'Redo the link of anon-1 to ann' }).click()
    await expect.poll(() => ids.allTextContents()).toEqual(['ann', 'anon-1'])
    expect(await page.getByText('Undo ·').count()).toBe(1)
    expect(complaints).toEqual([])
    await close()
  })

  it('merges another person into it, and says why not', async () => {
    const { page, card, close } = await open(`/person?id=${await idOf('bob')}`)
    const field = page.getByLabel('Merge another person into this one')
    await field.fill('nobody')
    await page.keyboard.press('Enter')
    await card('Links').getByText('Nobody is known by nobody.').waitFor()
    await field.fill('visitor-07')
    await page.keyboard.press('Enter')
    const ids = card(/^Known by/).getByRole('listitem')
    await expect.poll(() => ids.allTextContents()).toEqual(['bob', 'visitor-07'])
    expect(await idOf('visitor-07')).toBe(await idOf('bob'))
    await close()
  })

  it('says so when there is no such person, or none is named', async () => {
    const { page, close } = await open('/person?id=1')
    await page.getByRole('alert').getByText('no person').waitFor()
    await page.goto(`${site.url}/person?id=ann`)
    await page.getByText('This address names nobody').waitFor()
    await page.getByText('id=ann').waitFor()
    await close()
  })

  it.each(['/persons', '/person?id='])('fits a narrow screen: %s', async (path) => {
    const { page, close } = await open(path.endsWith('=') ? path + (await idOf('ann')) : path)
    await page.setViewportSize({ width: 390, height: 800 })
    await page.getByRole('table').first().waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    await close()
  })
})

import type { SavedCohort } from '@headwater/schemas/insights/saved-cohort'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite } from './real-site.ts'

const START = Date.now() - 3_600_000
const MANY = Array.from({ length: 60 }, (_, i) => `visitor-${String(i).padStart(2, '0')}`)

let site: RealSite

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  const did = (distinct_id: string, event: string, facts = {}) => ({
    ...{ distinct_id, event, timestamp: START, ...facts },
  })
  await site.insert([
    ...MANY.map((name) => did(name, '$pageview')),
    did('ann', 'signup', { person_set: { plan: 'pro' } }),
    did('ann', 'signup'),
    did('bob', 'signup', { person_set: { plan: 'free' } }),
  ])
  await site.identify()
})
afterAll(() => site?.close())

async function open(search = 'project=default') {
  const tab = await site.openPage()
  await tab.page.goto(`${site.url}/cohorts?${search}`)
  const members = () => tab.page.locator('.person-table tbody th').allTextContents()
  const save = () => tab.page.getByRole('button', { name: 'Save', exact: true }).click()
  const start = async (name: string) => {
    await tab.page.getByRole('button', { name: 'New cohort' }).click()
    await tab.page.getByLabel('Name').fill(name)
  }
  return { ...tab, members, save, start }
}
const make = (name: string, conditions: unknown[]) =>
  site.call<SavedCohort>('POST', '/api/cohorts?project=default', { name, rule: { conditions } })

describe('a new cohort', () => {
  it('is of those who did something so many times of late', async () => {
    const { page, members, save, start, complaints, close } = await open()
    await page.getByText('No cohort yet').waitFor()
    await start('Twice signed up')
    await page.getByLabel('Event', { exact: true }).selectOption('signup')
    await page.getByLabel('Times').fill('2')
    await page.getByLabel('Times').press('Tab')
    await page.getByLabel('When').selectOption('within')
    await page.getByText('Persons who did signup at least 2 times in the last 30 days.').waitFor()
    await save()
    await page.getByRole('heading', { level: 1, name: 'Twice signed up' }).waitFor()
    await expect.poll(members).toEqual(['ann'])
    expect(await page.locator('.cohort-size').textContent()).toBe('1 persons now')
    expect(complaints).toEqual([])
    await close()
  })

  it('is of those who are on a list, and are not what another condition says', async () => {
    const { page, members, save, start, close } = await open()
    await start('Listed')
    await page.getByLabel('Condition 1', { exact: true }).selectOption('list')
    await page.getByLabel('Distinct ids, one a line').fill('ann\nbob\n\nann\nnobody')
    await page.getByText('3 different').waitFor()
    await page.getByRole('button', { name: '+ Add condition' }).click()
    const second = page.getByRole('group', { name: 'Condition 2' })
    await second.getByLabel('Condition 2').selectOption('person')
    await second.getByLabel('Property of the person').fill('plan')
    await second.getByLabel('Comparison').selectOption('is')
    await second.getByLabel('Value').fill('free')
    await second.getByLabel('Value').press('Tab')
    await save()
    await expect.poll(members).toEqual(['bob'])
    await close()
  })

  it('names the field that is not valid', async () => {
    const { page, save, start, close } = await open()
    await start('Nobody')
    await page.getByLabel('Condition 1', { exact: true }).selectOption('list')
    await save()
    const words = await page.getByRole('alert').textContent()
    expect(words).toContain('Field: rule.conditions.0.distinct_ids')
    await close()
  })
})

describe('a saved cohort', () => {
  it('shows who belongs to it, page by page', async () => {
    const { id } = await make('Visitors', [{ type: 'did', event: '$pageview' }])
    const { page, members, complaints, close } = await open(`project=default&id=${id}`)
    await page.getByText('50 persons so far').waitFor()
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText('60 persons', { exact: true }).waitFor()
    expect((await members()).sort()).toEqual(MANY)
    expect(complaints).toEqual([])
    await close()
  })

  it('is listed with its rule in words and its size', async () => {
    await make('Did not', [{ type: 'did', event: 'signup', negate: true }])
    const { page, close } = await open()
    const row = page.getByRole('row', { name: 'Did not' })
    await row.getByRole('cell', { name: '60' }).waitFor()
    await row.getByRole('cell', { name: 'not did signup' }).waitFor()
    await close()
  })

  it('is changed, and its persons with it', async () => {
    const { id } = await make('Changing', [{ type: 'did', event: 'signup' }])
    const { page, members, save, close } = await open(`project=default&id=${id}`)
    await expect.poll(async () => (await members()).sort()).toEqual(['ann', 'bob'])
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('How often').selectOption('is')
    await save()
    await expect.poll(members).toEqual(['bob'])
    await page.getByText('Version 2').waitFor()
    await close()
  })

  it('is not overwritten when somebody else changed it meanwhile', async () => {
    const { id } = await make('Contested', [{ type: 'did', event: 'signup' }])
    const { page, save, close } = await open(`project=default&id=${id}`)
    await page.getByRole('button', { name: 'Edit' }).click()
    const rule = { conditions: [{ type: 'did', event: '$pageview' }] }
    await site.call('PUT', `/api/cohorts/${id}?project=default`, {
      ...{ name: 'Theirs', version: 1, rule },
    })
    await page.getByLabel('Name').fill('Mine')
    await save()
    await page.getByText('Somebody else saved a change meanwhile').waitFor()
    await page.getByRole('button', { name: 'Drop mine and show theirs' }).click()
    await page.getByRole('heading', { level: 1, name: 'Theirs' }).waitFor()
    await close()
  })

  it('is deleted, and can be brought back', async () => {
    const { id } = await make('Short-lived', [{ type: 'did', event: 'signup' }])
    const { page, close } = await open(`project=default&id=${id}`)
    await page.getByRole('button', { name: 'Delete Short-lived' }).click()
    await page.getByRole('button', { name: 'Really delete Short-lived' }).click()
    await page.getByRole('heading', { level: 1, name: 'Cohorts' }).waitFor()
    await page.getByText('Show what was deleted').click()
    await page.getByRole('button', { name: 'Restore Short-lived' }).click()
    await page.getByRole('link', { name: 'Short-lived' }).waitFor()
    await close()
  })

  it.each(['', '&id=OF_ONE'])('fits a narrow screen: %s', async (search) => {
    const { id } = await make(`Narrow ${search.length}`, [{ type: 'did', event: 'signup' }])
    const { page, close } = await open(`project=default${search.replace('OF_ONE', id)}`)
    await page.setViewportSize({ width: 390, height: 800 })
    await page.getByRole('button', { name: search === '' ? 'New cohort' : 'Edit' }).click()
    await page.getByLabel('When').waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    await close()
  })
})

import type { Letter } from '@headwater/schemas/dead-letter'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { poisoned, record } from '../../core/consumer/test-consumer.ts'
import { TestLetters } from '../../core/query/test-letters.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

const change = { project: 'default', shard: 'local:0@0000000000000001' }
const good = record(0, change)

let site: RealSite
let letters: TestLetters
let tab: TestPage
let page: Page
let id: string

beforeAll(async () => {
  // Pages and store begin together; the log is asked once there are letters.
  const replays: TestLetters['target'] = {
    append: (records) => letters.append(records),
    insert: (...row) => letters.target.insert(...row),
  }
  site = await startRealSite(inject('dist'), { replays })
  letters = new TestLetters(site.store, { logId: 'log', project: 'default' })
  await letters.append([poisoned(good), poisoned(record(1, change))])
  await letters.consume()
  id = (await letters.letterAt(0)).id
})
afterAll(() => site?.close())
beforeEach(async () => {
  tab = await site.openPage()
  page = tab.page
})
afterEach(() => tab.close())

const open = (path: string) => page.goto(site.url + path)
const button = (name: string) => page.getByRole('button', { name, exact: true })
const read = (letter = id) =>
  site.call<Letter>('GET', `/api/dead-letters/${letter}?project=default`)

it('replays a dead letter with a corrected record, which becomes a row', async () => {
  await open('/dead-letters')
  const rows = page.getByRole('region', { name: 'Dead letters' }).locator('tbody tr')
  await expect.poll(() => rows.count()).toBe(2)
  await open(`/dead-letters?id=${id}`)
  await page.getByText('It was never replayed.').waitFor()
  await page.getByLabel('Record', { exact: true }).fill('{ not json')
  await button('Replay corrected').click()
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('Field: record')
  await page.getByLabel('Record', { exact: true }).fill(good.value)
  await button('Replay corrected').click()
  await page.getByText('1 letter is on the log again.').waitFor()
  await page.getByText('Not judged yet').waitFor()
  await letters.consume()
  expect((await read()).replays).toMatchObject([{ corrected: true, outcome: 'stored' }])
  await page.reload()
  await page.getByText('With a corrected record').waitFor()
  await page.getByText('Stored', { exact: true }).waitFor()
})

it('replays all that never were, and says what it skipped', async () => {
  await open('/dead-letters')
  await button('Replay all that never were').click()
  await button('Really replay all').click()
  await page.getByText('1 letter is on the log again.').waitFor()
  const other = (await letters.letterAt(1)).id
  await open(`/dead-letters?id=${other}`)
  await button('Replay as it is').click()
  await page.getByText('0 letters are on the log again. 1 skipped: it was replayed').waitFor()
  expect((await read(other)).replays).toHaveLength(1)
  expect(tab.complaints).toEqual([])
})

it.each([false, true])('fits a narrow screen, one of them: %s', async (one) => {
  await page.setViewportSize({ width: 390, height: 800 })
  await open(one ? `/dead-letters?id=${id}` : '/dead-letters')
  await page.getByRole('main').locator('.card').first().waitFor()
  await page.waitForTimeout(400)
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(over).toBeLessThanOrEqual(0)
})

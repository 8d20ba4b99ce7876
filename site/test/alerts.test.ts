import type { Delivery, SavedAlert, SavedSubscription } from '@headwater/schemas/insights/alert'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openReceiver, type Receiver } from '../../core/alerts/test-alerts.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

let site: RealSite
let receiver: Receiver
let tab: TestPage
let page: Page
let insight: SavedInsight

beforeAll(async () => {
  receiver = await openReceiver()
  const webhooks = { secret: 'a secret of this test', privateHosts: ['127.0.0.1'] }
  site = await startRealSite(inject('dist'), { webhooks })
  await site.insert([{ event: 'signup', timestamp: Date.now() - 3_600_000 }])
  insight = await create('insights', {
    name: 'Sign-ups',
    query: {
      ...{ kind: 'trends', project: 'default' },
      series: [{ event: 'signup' }, { event: '$pageview' }],
    },
  })
})
afterAll(async () => {
  await site?.close()
  await receiver?.close()
})
beforeEach(async () => {
  tab = await site.openPage()
  page = tab.page
})
afterEach(() => tab.close())

const create = <Item>(noun: string, body: object) =>
  site.call<Item>('POST', `/api/${noun}?project=default`, body)
const read = <Item>(noun: string, id: string) =>
  site.call<Item>('GET', `/api/${noun}/${id}?project=default`)
const open = (path: string) => page.goto(site.url + path)
const dialog = () => page.getByRole('dialog')
const button = (name: string) => page.getByRole('button', { name, exact: true })
const heading = (name: string) => page.getByRole('heading', { level: 1, name })
const idOf = (url: string) => new URL(url).searchParams.get('id') ?? ''
const alertOf = (name: string, url = receiver.url) =>
  create<SavedAlert>('alerts', {
    ...{ name, insight: insight.id, every: 'day' },
    condition: { type: 'below', threshold: 10 },
    channels: [{ type: 'webhook', url }],
  })

describe('an alert', () => {
  it('is made on a saved insight, and tested at once', async () => {
    await open('/alerts')
    await button('New alert').click()
    await dialog().getByLabel('Name').fill('Few page views')
    await dialog().getByLabel('Saved insight').selectOption({ label: 'Sign-ups' })
    await dialog().getByLabel('Number').selectOption({ label: '$pageview, in the last interval' })
    await dialog().getByLabel('Tells when it').selectOption('decrease')
    await dialog().getByLabel('Amount').fill('20')
    await dialog().getByLabel('Minutes after its end').fill('30')
    await dialog().getByLabel('URL of receiver 1').fill(receiver.url)
    await button('Save').click()
    await heading('Few page views').waitFor()
    expect(await read('alerts', idOf(page.url()))).toMatchObject({
      ...{ insight: insight.id, value: 'series.1.values.-1', every: 'day', delay_minutes: 30 },
      condition: { type: 'decrease', by: 20, unit: 'percent' },
      channels: [{ type: 'webhook', url: receiver.url }],
      enabled: true,
    })

    await button('Send a test').click()
    await page.getByText('The test was sent to 1 receiver.').waitFor()
    expect(receiver.received.at(-1)?.body).toMatchObject({ type: 'test' })
    const row = page.getByRole('region', { name: 'Deliveries' }).locator('tbody tr')
    await expect.poll(() => row.textContent()).toContain(`Test${receiver.url}Sent1200`)
    expect(tab.complaints).toEqual([])
  })

  it('says why a test did not arrive', async () => {
    const { id } = await alertOf('Refused')
    receiver.status = 410
    await open(`/alerts?id=${id}`)
    await button('Send a test').click()
    await page.getByRole('alert').filter({ hasText: 'The test did not reach' }).waitFor()
    receiver.status = 200
    const path = `/api/alerts/${id}/deliveries?project=default`
    const { items } = await site.call<{ items: Delivery[] }>('GET', path)
    expect(items).toMatchObject([{ state: 'failed', status: 410 }])
  })

  it('is listed with its state, snoozed, and waked', async () => {
    const { id } = await alertOf('Listed')
    await open('/alerts')
    const row = page
      .getByRole('region', { name: 'All alerts' })
      .locator('tr', { hasText: 'Listed' })
    await expect.poll(() => row.textContent()).toContain('Not looked at yetnever')
    await row.getByRole('link', { name: 'Listed' }).click()
    await page.getByLabel('Snooze').selectOption('24')
    await page.getByText('Snoozed until').waitFor()
    expect((await read<SavedAlert>('alerts', id)).status?.snoozed_until).not.toBeNull()
    await button('End the snooze').click()
    await page.getByText('Not looked at yet').waitFor()
    expect((await read<SavedAlert>('alerts', id)).status?.snoozed_until).toBeNull()
    expect(tab.complaints).toEqual([])
  })

  it('is listed among others in one call, with how they stand', async () => {
    const called: string[] = []
    page.on('request', (request) => called.push(new URL(request.url()).pathname))
    await open('/alerts')
    const row = page.getByRole('region', { name: 'All alerts' }).locator('tbody tr').first()
    await expect.poll(() => row.textContent()).toContain('Not looked at yet')
    expect(called.filter((path) => path.startsWith('/api/alerts/'))).toEqual([])
    expect(tab.complaints).toEqual([])
  })

  it('is changed unless somebody else did meanwhile, and brought back from its history', async () => {
    const made = await alertOf('Before')
    await open(`/alerts?id=${made.id}`)
    await button('Edit').click()
    await dialog().getByLabel('Amount').fill('3')
    const path = `/api/alerts/${made.id}?project=default`
    const { insight, condition, every, channels } = made
    const theirs = { name: 'Theirs', insight, condition, every, channels, version: 1 }
    await site.call('PUT', path, theirs)
    await button('Save').click()
    await page.getByText('nothing was overwritten').waitFor()
    await button('Drop mine and show theirs').click()
    await heading('Theirs').waitFor()
    await button('Restore version 1').click()
    await heading('Before').waitFor()
    await button('Delete Before').click()
    await button('Really delete Before').click()
    await heading('Alerts').waitFor()
  })

  it('names what the API refuses', async () => {
    await open('/alerts')
    await button('New alert').click()
    await dialog().getByLabel('Name').fill('Refused')
    await dialog().getByLabel('Saved insight').selectOption({ label: 'Sign-ups' })
    await dialog().getByLabel('Looked at').selectOption('hour')
    await dialog().getByLabel('Amount').fill('1')
    await dialog().getByLabel('Receiver 1', { exact: true }).selectOption('email')
    await dialog().getByLabel('Addresses of receiver 1').fill('ann@example.com')
    await button('Save').click()
    await expect.poll(() => dialog().getByRole('alert').textContent()).toContain('Field: ')
    await dialog().getByLabel('Receiver 1', { exact: true }).selectOption('webhook')
    await dialog().getByLabel('URL of receiver 1').fill('https://example.com/hook')
    await button('Save').click()
    await expect.poll(() => dialog().getByRole('alert').textContent()).toContain('Field: every.')
  })
})

describe('a subscription', () => {
  it('is made on a saved insight', async () => {
    await open('/alerts')
    await button('New subscription').click()
    await dialog().getByLabel('Name').fill('Monday')
    await dialog().getByLabel('Sends the answers of').selectOption({ label: 'Insight: Sign-ups' })
    await dialog().getByLabel('URL of receiver 1').fill('https://example.com/hook')
    await button('Save').click()
    await heading('Monday').waitFor()
    expect(await read<SavedSubscription>('subscriptions', idOf(page.url()))).toMatchObject({
      ...{ of: { insight: insight.id }, every: 'week' },
      channels: [{ type: 'webhook', url: 'https://example.com/hook' }],
    })
    await page.getByText('Nothing sent yet').waitFor()
    await button('Show the secret of webhooks').click()
    await page.getByText('whsec_').waitFor()
    expect(tab.complaints).toEqual([])
  })
})

it.each([false, true])('fits a narrow screen, one of them: %s', async (one) => {
  const { id } = await alertOf('Narrow')
  await page.setViewportSize({ width: 390, height: 800 })
  await open(one ? `/alerts?id=${id}` : '/alerts')
  await page.getByRole('main').locator('.card').first().waitFor()
  await page.waitForTimeout(400)
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(over).toBeLessThanOrEqual(0)
})

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PYTHON_ENV } from '../../sdks/python/test/config.ts'
import { whyNoPython } from '../../sdks/python/test/interpreter.ts'
import { launchBrowser } from '../../site/test/browser.ts'
import { buildSdks } from '../local/build.ts'
import { ROOT } from '../local/config.ts'
import { type Stack, startStack } from './stack.ts'

const SEEN_WITHIN_MS = 5_000
const PERSONS_BROWSER =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36'
/** The first drawing of a page may take longer than a refresh on a machine with two busy cores. */
const PAGE_WITHIN_MS = 30_000

let stack: Stack
let browser: Browser
beforeAll(async () => {
  stack = await startStack()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await stack?.remove()
})

it('prints one screen with the addresses, the write key and a curl line that works as printed', async () => {
  for (const service of ['site', 'demo', 'edge', 'query', 'auth'] as const) {
    expect(stack.screen).toContain(stack.url(service))
  }
  expect(stack.writeKey).toMatch(/^wk_default_1_/)
  const curl = /curl (\S+) -H '([^:]+): ([^']+)' -d '([^']+)'/.exec(stack.screen)
  const [, url = '', header = '', value = '', body = ''] = curl ?? []
  const response = await fetch(url, { method: 'POST', headers: { [header]: value }, body })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'Ok', accepted: 1, dropped: [] })
})

it('connects with one press and draws a trend and a funnel', async () => {
  const page = await openPage()
  await page.goto(stack.url('site'))
  await expect
    .poll(() => page.getByLabel('Query API address').inputValue())
    .toBe(stack.url('query'))
  expect(await page.getByLabel('Project').inputValue()).toBe('default')
  await page.getByRole('button', { name: 'Connect & go to Dashboard' }).click()
  await page.waitForURL('**/dashboard*')
  await page.getByText(/Complete to \d\d:\d\d:\d\d/).waitFor({ timeout: PAGE_WITHIN_MS })
  await page.context().close()
})

it('shows what was clicked in the demo shop within five seconds, in the trend and in the funnel', async () => {
  const dashboard = await openConnected()
  await dashboard.goto(stack.url('site', '/trends?event=signup_click&date_from=-1d'))
  const funnel = await openConnected()
  await funnel.goto(stack.url('site', '/funnels?date_from=-1d'))

  const shop = await openPage()
  await shop.goto(stack.url('demo'))
  await shop.locator('[data-event="feature_click"]').first().click()
  await shop.locator('[data-event="signup_click"]').first().click()
  const clickedAt = Date.now()

  const trend = dashboard.getByRole('region', { name: 'Trend as a table' })
  await trend.getByRole('row', { name: /signup_click.* 1/ }).waitFor({ timeout: PAGE_WITHIN_MS })
  const seenAfterMs = Date.now() - clickedAt
  console.log(`the click was in the trend after ${seenAfterMs} ms`)
  expect(seenAfterMs).toBeLessThan(SEEN_WITHIN_MS)

  const steps = funnel.getByRole('region', { name: 'Funnel as a table' })
  for (const step of [/1\. .*1/, /2\. .*1/, /3\. .*1/]) {
    await steps.getByRole('row', { name: step }).waitFor({ timeout: PAGE_WITHIN_MS })
  }
  await expect.poll(() => total('$pageview')).toBeGreaterThanOrEqual(1)
  expect(await total('feature_click')).toBe(1)
  expect(await total('signup_click')).toBe(1)
})

it('says how events are sent by text that works as it is, and that they arrive', async () => {
  const guide = await openConnected()
  const linesOf = async (name: string) => {
    await guide.goto(stack.url('site', `/install?guide=${name}`))
    await guide.getByText('Waiting for an event …').waitFor({ timeout: PAGE_WITHIN_MS })
    return guide.locator('.code-block code').allTextContents()
  }
  const arrives = (event: string) =>
    guide.getByRole('row', { name: event }).first().waitFor({ timeout: PAGE_WITHIN_MS })

  let html = ''
  const shop = createServer((_request, response) => response.end(html))
  await once(shop.listen(0, '127.0.0.1'), 'listening')
  const shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`
  const page = await openPage()
  const [script = '', calls = ''] = await linesOf('web')
  html = `<!doctype html><title>Shop</title>${script}`
  await page.goto(shopUrl)
  await page.waitForFunction('window.headwater && headwater.capture')
  await page.evaluate(calls)
  for (const event of ['$pageview', 'signup', '$identify']) await arrives(event)

  const [image = ''] = await linesOf('pixel')
  html = `<!doctype html><title>Mail</title>${image}`
  await page.goto(shopUrl)
  await arrives('mail_opened')
  shop.close()

  const [one = '', many = ''] = await linesOf('curl')
  const answers = [one, many].map((line) => execFileSync('sh', ['-c', line], { encoding: 'utf8' }))
  expect(answers.map((answer) => JSON.parse(answer).accepted)).toEqual([1, 2])
  await arrives('invited')

  await buildSdks()
  const [, server = ''] = await linesOf('node')
  execFileSync(process.execPath, ['--input-type=module', '-e', server], { cwd: ROOT })
  await guide.getByText('It works: 1 event').waitFor({ timeout: PAGE_WITHIN_MS })
  if (whyNoPython() === '') {
    const [, application = ''] = await linesOf('python')
    execFileSync('python3', ['-c', application], { env: PYTHON_ENV })
    await guide.getByText('It works: 1 event').waitFor({ timeout: PAGE_WITHIN_MS })
  }
  await page.context().close()
  await guide.context().close()
})

it('keeps what was acknowledged over Ctrl-C and a new start', async () => {
  const before = await total('*')
  await stack.stop()
  await stack.restart()
  expect(await total('*')).toBe(before)
})

async function openPage(): Promise<Page> {
  // Headless Chromium says that it is a robot, and reports leave robots out.
  const context = await browser.newContext({ userAgent: PERSONS_BROWSER })
  return context.newPage()
}

async function openConnected(): Promise<Page> {
  const page = await openPage()
  await page.goto(stack.url('site'))
  await page.getByRole('button', { name: 'Connect & go to Dashboard' }).click()
  await page.waitForURL('**/dashboard*')
  return page
}

async function total(event: string): Promise<number> {
  const url = stack.url('query', `/api/trends?project=default&event=${event}&date_from=-1d`)
  const result = (await (await fetch(url)).json()) as { series: { total: number }[] }
  return result.series[0]?.total ?? 0
}

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from '../../../site/test/browser.ts'
import { readConfig } from '../../demo/config.ts'
import { CaptureServer } from './capture-server.ts'
import { until, WRITE_KEY } from './shop.ts'

const SERVE = join(import.meta.dirname, '../../demo/serve.ts')

let browser: Browser
let capture: CaptureServer
let demo: { process: ChildProcess; url: string }
let page: Page
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  capture = await CaptureServer.start()
  capture.sdk = readFileSync(join(import.meta.dirname, '../dist/analytics.js'), 'utf8')
  demo = await startDemo({ EDGE_URL: capture.url, SITE_URL: 'http://localhost:3000', WRITE_KEY })
  page = await browser.newPage()
})
afterEach(async () => {
  await page.close()
  demo.process.kill('SIGTERM')
  await capture.close()
})

const arrived = (names: string[]) =>
  until(
    () => capture.names,
    (seen) => seen.length >= names.length,
  ).then((seen) => expect(seen).toEqual(names))

describe('the demo shop', () => {
  it('sends what a visitor does, and shows each event with its acknowledgement', async () => {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    await page.goto(demo.url)
    await page.getByRole('link', { name: /Larch tent/ }).click()
    await page.getByRole('button', { name: 'Size guide' }).click()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.getByRole('link', { name: 'Trail Club' }).click()
    await page.getByRole('button', { name: 'Choose Plus' }).click()
    await page.getByRole('link', { name: /^Cart/ }).click()
    await page.getByRole('link', { name: 'To the checkout' }).click()
    await page.getByRole('button', { name: 'Place the order' }).click()
    await arrived([
      ...['$pageview', '$pageview', 'feature_click', 'add_to_cart', '$pageview', 'signup_click'],
      ...['$set', '$groupidentify', '$pageview', '$pageview', 'purchase', '$pageview'],
    ])
    const own = (name: string) => capture.acknowledged.find((e) => e.event === name)?.properties
    expect(own('feature_click')).toMatchObject({ feature: 'size_guide', product: 'larch-tent' })
    expect(own('signup_click')).toMatchObject({ plan: 'plus' })
    expect(own('purchase')).toMatchObject({
      ...{ amount: 429, items: 1 },
      $groups: { club: 'trail-club' },
    })
    await page.getByText('12 acknowledged').waitFor()
    expect(await page.locator('#panel-events li[data-kind=good]').count()).toBe(12)
    expect(errors).toEqual([])
  })

  it('says that events are kept while the capture service is away', async () => {
    capture.otherwise = () => ({ status: 503 })
    await page.goto(demo.url)
    await page.getByText(/kept, again in/).waitFor()
    capture.otherwise = null
    await page.getByText('1 acknowledged').waitFor()
  })

  it('says so when the script does not load, and the shop still works', async () => {
    capture.sdk = null
    await page.goto(demo.url)
    await page.getByText('analytics.js did not load').waitFor()
    await page.getByRole('link', { name: /Larch tent/ }).click()
    await page.getByRole('heading', { name: 'Larch tent' }).waitFor()
  })

  it('has the same page at each of its addresses, 404 elsewhere, and asks nobody else', async () => {
    const foreign: string[] = []
    page.on('request', (request) => {
      const { origin } = new URL(request.url())
      if (origin !== demo.url && origin !== capture.url) foreign.push(request.url())
    })
    for (const path of ['/', '/product/dusk-lamp', '/pricing', '/cart', '/checkout', '/thanks']) {
      expect((await page.goto(demo.url + path))?.status()).toBe(200)
      await page.locator('h1').waitFor()
    }
    expect((await page.goto(`${demo.url}/nowhere`))?.status()).toBe(404)
    expect((await fetch(`${demo.url}/..%2fconfig.ts`)).status).toBe(404)
    expect(foreign).toEqual([])
  })

  it.each(['SIGTERM', 'disconnect'])('ends on %s', async (how) => {
    const ended = new Promise((resolve) => demo.process.once('exit', resolve))
    if (how === 'SIGTERM') demo.process.kill('SIGTERM')
    else demo.process.disconnect()
    expect(await ended).toBe(0)
  })

  it.each([
    ['WRITE_KEY', { WRITE_KEY: '"><script>' }],
    ['EDGE_URL', { WRITE_KEY, EDGE_URL: 'javascript:alert(1)' }],
    ['DEMO_PORT', { WRITE_KEY, DEMO_PORT: '80801' }],
  ])('refuses to start with a wrong %s', (name, env) => {
    expect(() => readConfig(env)).toThrow(`invalid ${name}`)
  })
})

function startDemo(env: Record<string, string>): Promise<typeof demo> {
  const child = spawn(process.execPath, [SERVE], {
    env: { ...env, DEMO_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the demo ended with exit code ${code}`)))
    createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).once(
      'line',
      (line) => {
        const { ready, url } = JSON.parse(line) as { ready: boolean; url: string }
        if (ready) resolve({ process: child, url })
      },
    )
  })
}

import type { Page } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import { captureIn, leave, shopForEachTest, until, WRITE_KEY } from './shop.ts'

const NONCE = 'bm9uY2U'

const shop = shopForEachTest()
beforeEach(async () => {
  await shop.context.addInitScript(() => {
    const seen: string[] = []
    Object.assign(window, { violations: seen })
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      seen.push(`${violatedDirective} ${blockedURI}`),
    )
  })
})

const violations = (page: Page) =>
  page.evaluate(() => (window as unknown as { violations: string[] }).violations)
const policyWith = (...more: string[]) =>
  [
    "default-src 'none'",
    `connect-src ${shop.capture.url}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    ...more,
  ].join('; ')
const attributes = () =>
  `data-write-key="${WRITE_KEY}" data-host="${shop.capture.url}" data-flush-interval-ms="50"`

it('works with its extensions under a strict policy with nonces and without any trusted type', async () => {
  const script = (name: string, more = '') =>
    `<script nonce="${NONCE}" src="/${name}.js" ${more} defer></script>`
  const page = await shop.open('/', {
    policy: policyWith(`script-src 'nonce-${NONCE}'`),
    head: `${script('analytics', attributes())}${script('analytics/autocapture')}
      ${script('analytics/web-vitals')}${script('analytics/overflow')}<button>Buy</button>`,
  })
  await page.click('button')
  await captureIn(page, 'own')
  await until(
    () => shop.capture.names,
    (names) => names.includes('own'),
  )
  expect(shop.capture.names).toEqual(['$pageview', '$autocapture', 'own'])
  expect(await violations(page)).toEqual([])
})

it('works from the page’s own origin, and under a path', async () => {
  const page = await shop.open('/', {
    policy: policyWith("script-src 'self'"),
    head: `<script src="/analytics.js" ${attributes().replace(shop.capture.url, `${shop.capture.url}/ingest/`)}></script>`,
  })
  await until(
    () => shop.capture.received.length,
    (count) => count === 1,
  )
  expect(shop.capture.received[0]?.path).toBe('/ingest/e')
  expect(await violations(page)).toEqual([])
})

it('sends to where its script came from, path and all', async () => {
  const head = `<script src="${shop.capture.url}/ingest/analytics.js?v=2" data-write-key="${WRITE_KEY}"></script>`
  shop.capture.sdk = await (await fetch(shop.url('/analytics.js'))).text()
  await shop.open('/', { head })
  await until(
    () => shop.capture.received.length,
    (count) => count === 1,
  )
  expect(shop.capture.received[0]?.path).toBe('/ingest/e')
})

it('keeps its events, and throws nothing, under a policy that forbids it to send', async () => {
  const page = await shop.open('/', {
    policy: "default-src 'none'; script-src 'self'",
    head: `<script src="/analytics.js" ${attributes()}></script>`,
  })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await captureIn(page, 'a')
  await until(
    () => violations(page),
    (seen) => seen.length > 0,
  )
  expect(new Set(await violations(page))).toEqual(new Set([`connect-src ${shop.capture.url}/e`]))
  expect(errors).toEqual([])
  await leave(page)
  await shop.open('/next')
  await until(
    () => shop.capture.names,
    (names) => names.includes('a'),
  )
})

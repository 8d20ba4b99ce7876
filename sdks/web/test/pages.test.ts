import { describe, expect, it } from 'vitest'
import { captureIn, type PageGlobals, shopForEachTest, until, WRITE_KEY } from './shop.ts'

const shop = shopForEachTest()

const autocapture = { options: { autocapturePageviews: true } }
const seenPaths = () =>
  shop.capture.acknowledged
    .filter(({ event }) => event === '$pageview')
    .map(({ properties }) => String(properties.$current_url).replace(shop.url(''), ''))
const paths = (expected: string[]) =>
  until(seenPaths, (seen) => seen.length >= expected.length).then((seen) =>
    expect(seen).toEqual(expected),
  )
/** Long enough for a page view that should not be there to show. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 400))

describe('page views', () => {
  it('captures the first page and every change of address, once each', async () => {
    const page = await shop.open('/home', autocapture)
    await page.evaluate(async () => {
      const pause = () => new Promise((resolve) => setTimeout(resolve, 30))
      await pause()
      for (const path of ['/product', '/product', '/cart?step=1']) {
        history.pushState({}, '', path)
        document.title = `Shop ${path}`
        await pause()
      }
      history.back()
      await pause()
    })
    await settle()
    await paths(['/home', '/product', '/cart?step=1', '/product'])
    const views = shop.capture.acknowledged
    expect(views[1]?.properties.$title).toBe('Shop /product')
    expect(views[1]?.properties.$referrer).toBe(shop.url('/home'))
  })

  it('works in browsers without the Navigation API', async () => {
    await shop.context.addInitScript(() => {
      Object.defineProperty(window, 'navigation', { value: undefined })
    })
    const page = await shop.open('/home', autocapture)
    await page.evaluate(async () => {
      const pause = () => new Promise((resolve) => setTimeout(resolve, 30))
      await pause()
      history.pushState({}, '', '/product')
      await pause()
      history.back()
      await pause()
      location.hash = '#/route'
      await pause()
    })
    await settle()
    await paths(['/home', '/product', '/home', '/home#/route'])
  })

  it('takes neither an anchor nor a rewritten search for a new page', async () => {
    const page = await shop.open('/list', autocapture)
    await page.evaluate(async () => {
      const pause = () => new Promise((resolve) => setTimeout(resolve, 30))
      await pause()
      location.hash = '#reviews'
      await pause()
      for (const text of ['s', 'sh', 'shoe']) {
        history.replaceState({}, '', `/list?q=${text}`)
        await pause()
      }
      history.replaceState({}, '', '/moved')
      await pause()
    })
    await settle()
    await paths(['/list', '/moved'])
  })

  it('captures the page again when the visitor comes back to it', async () => {
    const page = await shop.open('/home', autocapture)
    await paths(['/home'])
    await shop.open('/other', { head: ' ' }).then((other) => other.close())
    await page.goto(shop.url('/other'))
    await page.goBack()
    await until(
      () => new Set(shop.capture.acknowledged.map(({ uuid }) => uuid)).size,
      (count) => count === 2,
    )
    expect(new Set(seenPaths())).toEqual(new Set(['/home']))
  })
})

describe('identity', () => {
  it('links what an anonymous visitor did to who they turn out to be', async () => {
    const page = await shop.open()
    await captureIn(page, 'before')
    await page.evaluate(() => {
      const { headwater } = window as unknown as PageGlobals
      headwater.identify('ada', { plan: 'pro' }, { first_seen: 'today' })
      headwater.identify('ada')
      headwater.capture('after')
    })
    await until(
      () => shop.capture.names,
      (names) => names.length === 3,
    )
    const [before, identify, after] = shop.capture.acknowledged
    expect(shop.capture.names).toEqual(['before', '$identify', 'after'])
    expect(identify).toMatchObject({
      distinct_id: 'ada',
      $set: { plan: 'pro' },
      $set_once: { first_seen: 'today' },
      properties: { $anon_distinct_id: before?.distinct_id },
    })
    expect(after?.distinct_id).toBe('ada')
  })

  it('stays the same over pages and tabs, until reset', async () => {
    const first = await shop.open('/a')
    await first.evaluate(() => (window as unknown as PageGlobals).headwater.identify('ada'))
    const second = await shop.open('/b')
    const idIn = (page: typeof first) =>
      page.evaluate(() => (window as unknown as PageGlobals).headwater.distinctId())
    expect(await idIn(second)).toBe('ada')
    await second.evaluate(() => (window as unknown as PageGlobals).headwater.reset())
    const anonymous = await idIn(first)
    expect(anonymous).toMatch(/^[0-9a-f-]{36}$/)
    await captureIn(first, 'a')
    await until(
      () => shop.capture.acknowledged,
      (events) => events.some(({ event }) => event === 'a'),
    )
    const [identify, a] = shop.capture.acknowledged
    expect(a?.distinct_id).toBe(anonymous)
    expect(a?.properties.$session_id).not.toBe(identify?.properties.$session_id)
  })

  it('links nothing when one known person follows another', async () => {
    const page = await shop.open()
    await page.evaluate(() => {
      const { headwater } = window as unknown as PageGlobals
      headwater.identify('ada')
      headwater.identify('grace')
    })
    await until(
      () => shop.capture.names,
      (names) => names.length === 2,
    )
    const [ada, grace] = shop.capture.acknowledged
    expect(ada?.properties).toHaveProperty('$anon_distinct_id')
    expect(grace?.properties).not.toHaveProperty('$anon_distinct_id')
  })

  it('begins another session after half an hour without an event', async () => {
    const page = await shop.open()
    await page.evaluate(() => {
      const { headwater } = window as unknown as PageGlobals
      const now = Date.now()
      headwater.capture('at first')
      for (const minutes of [29, 58, 88]) {
        Date.now = () => now + minutes * 60_000
        headwater.capture(`after ${minutes} minutes`)
      }
      Date.now = () => now
      return headwater.flush()
    })
    await until(
      () => shop.capture.names,
      (names) => names.length === 4,
    )
    const [a, b, c, d] = shop.capture.acknowledged.map(({ properties }) => properties.$session_id)
    expect(b).toBe(a)
    expect(c).toBe(a)
    expect(d).not.toBe(a)
    const sequences = shop.capture.acknowledged.map(({ properties }) => properties.$sequence)
    expect(sequences).toEqual([1, 2, 3, 1])
  })
})

describe('start', () => {
  it('starts from its script tag, with the calls that were made before it was there', async () => {
    const head = `
      <script>window.headwater = []; headwater.push(['capture', 'early', { n: 1 }])</script>
      <script src="/analytics.js" data-write-key="${WRITE_KEY}" data-host="${shop.capture.url}/"
        data-flush-interval-ms="50" defer></script>
      <script src="/analytics.js" data-write-key="${WRITE_KEY}" data-host="${shop.capture.url}" defer>
      </script>`
    await shop.open('/', { head })
    await until(
      () => shop.capture.names,
      (names) => names.length >= 2,
    )
    await settle()
    expect(shop.capture.names).toEqual(['$pageview', 'early'])
    expect(shop.capture.received[0]?.body.api_key).toBe(WRITE_KEY)
  })

  it('works as a module, with calls before init', async () => {
    const head = `<script type="module">
      import headwater from '/index.mjs'
      headwater.capture('early')
      headwater.init('${WRITE_KEY}', { host: '${shop.capture.url}', flushIntervalMs: 50 })
    </script>`
    await shop.open('/', { head })
    await until(
      () => shop.capture.names,
      (names) => names.length === 2,
    )
    expect(shop.capture.names).toEqual(['$pageview', 'early'])
  })
})

import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { SentEvent } from './capture-server.ts'
import {
  captureIn,
  type PageGlobals,
  reportsOf,
  shopForEachTest,
  until,
  WRITE_KEY,
} from './shop.ts'

const shop = shopForEachTest()

/** Sends everything, and gives what was captured by itself. */
async function captured(page: Page, ...names: string[]): Promise<SentEvent[]> {
  await captureIn(page, 'last')
  await until(
    () => shop.capture.names,
    (seen) => seen.includes('last'),
  )
  return shop.capture.acknowledged.filter(({ event }) => names.includes(event))
}
const withAutocapture = (body: string, attributes = '') => ({
  after: `<script src="/analytics/autocapture.js" ${attributes} defer></script>${body}`,
})

describe('autocapture', () => {
  it('captures clicks on what can be clicked, with what it says and where it is', async () => {
    const page = await shop.open(
      '/',
      withAutocapture(`<main id="main"><p>A text</p><button class="b">Buy  <b>now</b></button>
        <a href="/pricing?token=secret#part"><span>Prices</span></a>
        <a href="mailto:ada@example.com">Write</a><div role="button" aria-label="Close">×</div></main>`),
    )
    await page.evaluate(() =>
      addEventListener('click', (event) => event.preventDefault(), { capture: true }),
    )
    for (const selector of ['p', 'b', 'span', '[href^=mailto]', '[role=button]']) {
      await page.click(selector)
    }
    const events = await captured(page, '$autocapture')
    expect(events.map(({ properties }) => [properties.$el_text, properties.$el_href])).toEqual([
      ['Buy now', undefined],
      ['Prices', '/pricing'],
      ['Write', 'mailto:'],
      ['×', undefined],
    ])
    expect(events[0]?.properties).toMatchObject({
      $event_type: 'click',
      $el_tag_name: 'button',
      $el_selector: '#main>button',
      $current_url: shop.url('/'),
    })
    expect(events[1]?.properties.$el_selector).toBe('#main>a:nth-of-type(1)')
  })

  it('captures changes and submits, and never what was entered', async () => {
    const secret = 'very secret words'
    const page = await shop.open(
      '/',
      withAutocapture(`<form id="join" action="/join?from=${encodeURIComponent(secret)}">
        <input name="email" value=""><textarea name="about"></textarea>
        <select name="plan"><option>free</option><option>${secret}</option></select>
        <input type="checkbox" name="terms" value="${secret}">
        <input type="password" name="password"><input name="card" autocomplete="cc-number">
        <div contenteditable id="note" role="button">${secret}</div>
        <button>Join</button></form>`),
    )
    await page.evaluate(() => addEventListener('submit', (event) => event.preventDefault()))
    for (const name of ['email', 'about', 'password', 'card']) {
      await page.fill(`[name=${name}]`, secret)
    }
    await page.selectOption('[name=plan]', secret)
    await page.check('[name=terms]')
    await page.click('#note')
    await page.click('button')
    const events = await captured(page, '$autocapture')
    expect(
      events.map(({ properties }) => [
        properties.$event_type,
        properties.$el_name ?? properties.$el_id,
      ]),
    ).toEqual([
      ['change', 'email'],
      ['change', 'about'],
      ['change', 'plan'],
      ['change', 'terms'],
      ['click', 'note'],
      ['click', undefined],
      ['submit', 'join'],
    ])
    expect(JSON.stringify(shop.capture.received)).not.toContain('secret')
  })

  it('leaves out what the page marks, also around shadow trees, and long numbers', async () => {
    const page = await shop.open(
      '/',
      withAutocapture(`
        <section data-hw-no-capture><button id="never">Never</button><div id="host"></div></section>
        <button id="masked" data-hw-mask>Ada Lovelace</button>
        <button id="partly">Hello <i data-hw-mask>Ada</i></button>
        <button id="card">4111 1111 1111 1111</button>`),
    )
    await page.evaluate(() => {
      const root = (document.getElementById('host') as HTMLElement).attachShadow({ mode: 'open' })
      root.innerHTML = '<button id="inner">Inner</button>'
    })
    for (const id of ['never', 'inner', 'masked', 'partly', 'card']) await page.click(`#${id}`)
    const events = await captured(page, '$autocapture')
    expect(events.map(({ properties }) => [properties.$el_id, properties.$el_text])).toEqual([
      ['masked', undefined],
      ['partly', 'Hello'],
      ['card', undefined],
    ])
  })

  it('takes only what is inside, and no text, when it is told so', async () => {
    const page = await shop.open(
      '/',
      withAutocapture(
        '<nav><button id="in">In</button></nav><button id="out">Out</button>',
        'data-within="nav" data-mask-text',
      ),
    )
    for (const id of ['in', 'out']) await page.click(`#${id}`)
    const events = await captured(page, '$autocapture')
    expect(events.map(({ properties }) => [properties.$el_id, properties.$el_text])).toEqual([
      ['in', undefined],
    ])
  })

  it('tells a rage click once from three in one place', async () => {
    const page = await shop.open('/', withAutocapture('<p>Broken</p><p>Elsewhere</p>'))
    for (let i = 0; i < 4; i++) await page.click('p:first-of-type')
    await page.click('p:last-of-type')
    await page.waitForTimeout(1_100)
    await page.click('p:first-of-type')
    const events = await captured(page, '$rageclick')
    expect(events.map(({ properties }) => properties.$el_text)).toEqual(['Broken'])
  })

  it('may be there before the SDK, and as a module', async () => {
    const head = `<script src="/analytics/autocapture.js"></script><button id="early">Early</button>
      <script>document.getElementById('early').click()</script>
      <script type="module">
        import headwater from '/index.mjs'
        import { autocapture } from '/autocapture.mjs'
        headwater.init('${WRITE_KEY}', { host: '${shop.capture.url}', autocapturePageviews: false })
        autocapture(headwater, { within: '#late' })
        document.getElementById('late').click()
      </script><button id="late">Late</button>
      <script src="/analytics.js" data-write-key="${WRITE_KEY}" data-host="${shop.capture.url}"
        data-autocapture-pageviews="false" defer></script>`
    await shop.open('/', { head })
    await until(
      () => shop.capture.acknowledged.map(({ properties }) => properties.$el_id).sort(),
      // `late` twice: two clients were told to capture it.
      (ids) => ids.join() === 'early,late,late',
    )
  })
})

describe('web vitals', () => {
  it('says once, when a page is left, how fast it was', async () => {
    const page = await shop.open('/', {
      after: `<h1>A heading that is painted</h1>
        <button onclick="for (const t = Date.now(); Date.now() - t < 80;);">Do</button>
        <script src="/analytics/web-vitals.js" defer></script>`,
    })
    await page.waitForTimeout(300)
    await page.click('button')
    // web-vitals looks at an interaction when the page is idle, after a second at the latest.
    await page.waitForTimeout(1_200)
    await page.goto('about:blank')
    await shop.open('/next')
    const vitals = () => shop.capture.acknowledged.filter(({ event }) => event === '$web_vitals')
    await until(vitals, (events) => events.length > 0)
    const [event] = vitals()
    expect(new Set(vitals().map(({ uuid }) => uuid)).size).toBe(1)
    for (const metric of ['LCP', 'FCP', 'CLS', 'INP', 'TTFB']) {
      expect(event?.properties[`$web_vitals_${metric}_value`]).toBeGreaterThanOrEqual(0)
      expect(event?.properties[`$web_vitals_${metric}_rating`]).toMatch(/^(good|poor|needs-)/)
    }
    expect(event?.properties.$current_url).toBe(shop.url('/'))
  })
})

describe('overflow', () => {
  const overflow = { after: '<script src="/analytics/overflow.js" defer></script>' }
  const fill = (page: Page) =>
    page.evaluate(() => {
      for (let size = 1 << 20; size > 0; size >>= 1) {
        try {
          for (let i = 0; ; i++) localStorage.setItem(`fill-${size}-${i}`, 'x'.repeat(size))
        } catch {}
      }
    })
  const inDatabase = (page: Page) =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const opening = indexedDB.open('hw:default:overflow')
          opening.onsuccess = () => {
            const { result } = opening
            const all = result.transaction('events').objectStore('events').count()
            all.onsuccess = () => {
              result.close()
              resolve(all.result)
            }
          }
        }),
    )
  const failed = (page: Page) =>
    until(
      () => reportsOf(page),
      (reports) => reports.length > 0,
    )

  it('keeps over a crash what a full localStorage does not take', async () => {
    shop.capture.otherwise = () => ({ status: 503, retryAfter: '60' })
    const page = await shop.open('/', overflow)
    await fill(page)
    const uuids = await captureIn(page, 'a', 'b', 'c')
    await failed(page)
    await until(
      () => inDatabase(page),
      (count) => count === 3,
    )
    const session = await shop.context.newCDPSession(page)
    const crashed = new Promise((resolve) => page.once('crash', resolve))
    session.send('Page.crash').catch(() => {})
    await crashed
    shop.capture.otherwise = null
    const next = await shop.open('/next', overflow)
    await until(
      () => shop.capture.acknowledged.map(({ uuid }) => uuid),
      (seen) => uuids.every((uuid) => seen.includes(uuid)),
    )
    expect(shop.capture.names).toEqual(['a', 'b', 'c'])
    await until(
      () => inDatabase(next),
      (count) => count === 0,
    )
  })

  it('takes what is beyond our share of localStorage, and gives each event once', async () => {
    shop.capture.otherwise = () => ({ status: 503, retryAfter: '2' })
    const page = await shop.open('/', overflow)
    const uuids = await page.evaluate(() => {
      const { headwater } = window as unknown as PageGlobals
      const text = 'x'.repeat(50_000)
      return Array.from({ length: 60 }, (_, i) => headwater.capture(`event ${i}`, { text }))
    })
    await until(
      () => inDatabase(page),
      (count) => count > 15,
    )
    const other = await shop.open('/other', overflow)
    shop.capture.otherwise = null
    await until(
      () => new Set(shop.capture.acknowledged.map(({ uuid }) => uuid)).size,
      (count) => count === 60,
    )
    expect(shop.capture.acknowledged.map(({ uuid }) => uuid)).toEqual(uuids)
    await until(
      () => inDatabase(other),
      (count) => count === 0,
    )
  })

  it('is empty without consent, and after optOut', async () => {
    const page = await shop.open('/', { ...overflow, options: { consent: 'pending' } })
    await captureIn(page, 'a')
    await page.waitForTimeout(200)
    expect(await inDatabase(page)).toBe(0)
    shop.capture.otherwise = () => ({ status: 503, retryAfter: '60' })
    await fill(page)
    await page.evaluate(() => (window as unknown as PageGlobals).headwater.optIn())
    await captureIn(page, 'b')
    await until(
      () => inDatabase(page),
      (count) => count === 2,
    )
    await page.evaluate(() => (window as unknown as PageGlobals).headwater.optOut())
    await until(
      () => inDatabase(page),
      (count) => count === 0,
    )
  })
})

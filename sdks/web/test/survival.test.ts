import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { captureIn, leave, reportsOf, shopForEachTest, storedIn, until } from './shop.ts'

const shop = shopForEachTest()

const many = (count: number) => Array.from({ length: count }, (_, i) => `event ${i}`)
const idsArrived = () => new Set(shop.capture.acknowledged.map(({ uuid }) => uuid))
const allArrived = (uuids: string[]) =>
  until(
    () => uuids.filter((uuid) => !idsArrived().has(uuid)),
    (missing) => missing.length === 0,
  )
/** Asked to wait, a page that goes does not try a last time: what arrives later came by another page. */
const away = (retryAfter?: string) => {
  shop.capture.otherwise = () => ({ status: 503, ...(retryAfter && { retryAfter }) })
}
const back = () => {
  shop.capture.otherwise = null
}
const failed = (page: Page) =>
  until(
    () => reportsOf(page),
    (reports) => reports.length > 0,
  )

describe('survival', () => {
  it('keeps events while offline and sends them when the device is online again', async () => {
    const page = await shop.open()
    await shop.context.setOffline(true)
    const uuids = await captureIn(page, ...many(5))
    const third = await until(
      async () => (await reportsOf(page))[2],
      (report) => report !== undefined,
    )
    expect(shop.capture.received).toHaveLength(0)
    await shop.context.setOffline(false)
    const online = Date.now()
    await allArrived(uuids)
    // The back-off alone would have waited for longer.
    expect(third?.retry_in_ms).toBeGreaterThan(2_000)
    expect(Date.now() - online).toBeLessThan(1_000)
    expect(shop.capture.names).toEqual(many(5))
  })

  it('sends after a reload what was not acknowledged before it', async () => {
    away()
    const page = await shop.open()
    const uuids = await captureIn(page, ...many(5))
    await failed(page)
    await page.reload()
    back()
    await allArrived(uuids)
    await until(
      () => storedIn(page),
      (count) => count === 0,
    )
  })

  it('delivers the 10 events of a tab that was closed, at the latest with the next page', async () => {
    const page = await shop.open('/', { options: { flushIntervalMs: 60_000 } })
    const uuids = await captureIn(page, ...many(10))
    expect(shop.capture.received).toHaveLength(0)
    await leave(page)
    await shop.open('/next')
    await allArrived(uuids)
  })

  it('hands the events to the browser when the page goes, in pieces it takes', async () => {
    const page = await shop.open('/', { options: { flushIntervalMs: 60_000 } })
    const uuids = await captureIn(page, ...many(3))
    await page.goto('about:blank')
    await allArrived(uuids)
    for (const { bytes } of shop.capture.received) expect(bytes).toBeLessThanOrEqual(61_000)
  })

  it('delivers the events of a tab that crashed', async () => {
    away()
    const page = await shop.open()
    const uuids = await captureIn(page, ...many(10))
    await failed(page)
    const session = await shop.context.newCDPSession(page)
    const crashed = new Promise((resolve) => page.once('crash', resolve))
    session.send('Page.crash').catch(() => {})
    await crashed
    back()
    await shop.open('/next')
    await allArrived(uuids)
  })

  it('leaves the events of a living tab to that tab', async () => {
    away()
    const first = await shop.open()
    const uuids = await captureIn(first, ...many(5))
    await failed(first)
    back()
    const second = await shop.open('/second')
    await captureIn(second, 'of the second')
    await until(
      () => shop.capture.names,
      (names) => names.includes('of the second'),
    )
    await until(
      () => reportsOf(first),
      (reports) => reports.some(({ outcome }) => outcome === 'acknowledged'),
    )
    await allArrived(uuids)
    // Both tabs sent only their own: nothing came twice.
    expect(shop.capture.acknowledged).toHaveLength(6)
  })

  it('adopts the events of a tab that closed while another stays open', async () => {
    const first = await shop.open()
    // Half a minute passes in a second.
    await first.addInitScript(() => {
      const real = window.setInterval
      Object.assign(window, { setInterval: (run: () => void, ms: number) => real(run, ms / 30) })
    })
    await first.reload()
    away('60')
    const second = await shop.open('/second')
    const uuids = await captureIn(second, ...many(3))
    await failed(second)
    await leave(second)
    back()
    expect(idsArrived().size).toBe(0)
    await allArrived(uuids)
  })

  it('hands its events over when it is put into the cache of pages, and takes none back', async () => {
    const transition = (type: string) =>
      first.evaluate(
        (name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })),
        type,
      )
    away()
    const first = await shop.open()
    const uuids = await captureIn(first, ...many(5))
    await failed(first)
    await transition('pagehide')
    back()
    const second = await shop.open('/second')
    await allArrived(uuids)
    await until(
      () => storedIn(second),
      (count) => count === 0,
    )
    const sent = shop.capture.acknowledged.length
    await transition('pageshow')
    const [later] = await captureIn(first, 'later')
    await allArrived([later ?? ''])
    expect(shop.capture.acknowledged).toHaveLength(sent + 1)
  })

  it('leaves its events to others while it is frozen, and takes none back', async () => {
    away('3')
    const frozen = await shop.open()
    const uuids = await captureIn(frozen, ...many(5))
    await failed(frozen)
    // Chromium without a window freezes no page: it is told as if.
    const tell = (type: string) =>
      frozen.evaluate((name) => document.dispatchEvent(new Event(name)), type)
    await tell('freeze')
    back()
    const second = await shop.open('/second')
    await until(
      async () => (await reportsOf(second)).flatMap((report) => report.uuids),
      (sent) => uuids.every((uuid) => sent.includes(uuid)),
    )
    await tell('resume')
    const [later] = await captureIn(frozen, 'later')
    await allArrived([later ?? ''])
    expect(shop.capture.acknowledged).toHaveLength(6)
  })

  it('keeps two tabs apart that send at the same time, in one session', async () => {
    const [first, second] = [await shop.open('/a'), await shop.open('/b')]
    await captureIn(first, 'begins the session')
    await until(
      () =>
        second.evaluate(() => Object.keys(localStorage).some((key) => key.endsWith(':session'))),
      Boolean,
    )
    const uuids = await Promise.all([captureIn(first, ...many(50)), captureIn(second, ...many(50))])
    await allArrived(uuids.flat())
    expect(shop.capture.acknowledged).toHaveLength(101)
    const sessions = new Set(shop.capture.acknowledged.map((e) => e.properties.$session_id))
    const people = new Set(shop.capture.acknowledged.map((e) => e.distinct_id))
    expect([sessions.size, people.size]).toEqual([1, 1])
  })

  it('delivers a closed tab’s events without Web Locks too', async () => {
    await shop.context.addInitScript(() => {
      Object.defineProperty(navigator, 'locks', { value: undefined })
    })
    away('60')
    const first = await shop.open()
    const uuids = await captureIn(first, ...many(3))
    await failed(first)
    await leave(first)
    back()
    await shop.open('/second')
    await allArrived(uuids)
    // Nobody took its own events for another's.
    expect(shop.capture.names).toEqual(many(3))
  })

  it.each(['denied', 'full'])('works when localStorage is %s', async (how) => {
    await shop.context.addInitScript((state) => {
      if (state === 'full') {
        Storage.prototype.setItem = () => {
          throw new DOMException('full', 'QuotaExceededError')
        }
      } else {
        Object.defineProperty(window, 'localStorage', {
          get() {
            throw new DOMException('denied', 'SecurityError')
          },
        })
      }
    }, how)
    shop.capture.script = [{ status: 503 }]
    const page = await shop.open()
    const uuids = await captureIn(page, ...many(5))
    await allArrived(uuids)
    const [first, ...rest] = shop.capture.acknowledged
    expect(rest.every(({ distinct_id }) => distinct_id === first?.distinct_id)).toBe(true)
    expect(rest.map(({ properties }) => properties.$sequence)).toEqual([2, 3, 4, 5])
  })

  it('really fills localStorage and still delivers', async () => {
    away()
    const page = await shop.open()
    await page.evaluate(() => {
      for (let size = 1 << 20; size > 0; size >>= 1) {
        try {
          for (let i = 0; ; i++) localStorage.setItem(`fill-${size}-${i}`, 'x'.repeat(size))
        } catch {}
      }
    })
    const uuids = await captureIn(page, ...many(5))
    await failed(page)
    expect(await storedIn(page)).toBe(0)
    back()
    await allArrived(uuids)
  })
})

import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import {
  captureIn,
  leave,
  type PageGlobals,
  reportsOf,
  shopForEachTest,
  storedIn,
  until,
} from './shop.ts'

const QUOTA_BYTES = 65_536
const HOUR_MS = 3_600_000

const shop = shopForEachTest()

/** The events that the service has, by uuid, whatever it answered: each one's texts, of all its copies. */
function stored(): Map<string, Set<string>> {
  const texts = new Map<string, Set<string>>()
  for (const { body } of shop.capture.received) {
    for (const event of body.batch) {
      texts.set(event.uuid, (texts.get(event.uuid) ?? new Set()).add(JSON.stringify(event)))
    }
  }
  return texts
}
/** Waits until all are there, each in the same bytes however often it came, and none that nobody took. */
async function allStoredOnce(uuids: string[]): Promise<void> {
  await until(
    () => uuids.filter((uuid) => !stored().has(uuid)),
    (missing) => missing.length === 0,
  )
  expect([...stored().keys()].sort()).toEqual(uuids.toSorted())
  expect([...stored().values()].every(({ size }) => size === 1)).toBe(true)
}
const captureTexts = (page: Page, count: number, length: number) =>
  page.evaluate(
    ([events = 0, characters = 0]) => {
      const { headwater } = window as unknown as PageGlobals
      const random = () => Math.random().toString(36).slice(2)
      return Array.from({ length: events }, (_, i) => {
        let text = ''
        while (text.length < characters) text += random()
        return headwater.capture(`event ${i}`, { text: text.slice(0, characters) })
      })
    },
    [count, length],
  )
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
async function slowNetwork(page: Page): Promise<void> {
  const session = await shop.context.newCDPSession(page)
  const throughput = 50_000
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 300 },
    ...{ downloadThroughput: throughput, uploadThroughput: throughput },
  })
}

describe('a tab that is closed', () => {
  it('has sent 30 of 30 events of 3 KB after 400 ms, without another page', async () => {
    const page = await shop.open('/', { options: { flushIntervalMs: 1_000 } })
    const uuids = await captureTexts(page, 30, 3_000)
    await pause(400)
    await leave(page)
    await allStoredOnce(uuids)
    for (const { bytes } of shop.capture.received) expect(bytes).toBeLessThan(QUOTA_BYTES)
  })

  it('on a slow network has lost none of 30 events of 3 KB when there is a next page', async () => {
    const page = await shop.open('/', { options: { flushIntervalMs: 1_000 } })
    await slowNetwork(page)
    const uuids = await captureTexts(page, 30, 3_000)
    await pause(400)
    await leave(page)
    await shop.open('/next')
    await allStoredOnce(uuids)
  })

  it('sends in one go what fits the quota, beside what is under way', async () => {
    shop.capture.otherwise = () => ({ status: 200, delayMs: 1_000 })
    const page = await shop.open('/', { options: { flushAt: 10, flushIntervalMs: 60_000 } })
    // 40 KB are under way, 18 KB wait: together they fit. 12 KB more do not.
    const uuids = await captureTexts(page, 10, 4_000)
    await until(
      () => shop.capture.received.length,
      (count) => count === 1,
    )
    const waiting = await captureTexts(page, 8, 3_300)
    await leave(page)
    await until(
      () => stored().size,
      (count) => count >= 15,
    )
    await pause(300)
    const first = [...stored().keys()]
    expect(first.slice(0, 10)).toEqual(uuids)
    expect(first.slice(10)).toEqual(waiting.slice(0, first.length - 10))
    const bytes = shop.capture.received.reduce((sum, request) => sum + request.bytes, 0)
    expect(bytes).toBeLessThanOrEqual(QUOTA_BYTES)
    await shop.open('/next')
    await allStoredOnce([...uuids, ...waiting])
  })
})

it('delivers with the next page where sendBeacon is taken away, and throws nothing', async () => {
  await shop.context.addInitScript(() => {
    Object.defineProperty(navigator, 'sendBeacon', { value: undefined })
  })
  const page = await shop.open('/', { options: { flushIntervalMs: 60_000 } })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  const uuids = await captureTexts(page, 3, 100)
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')))
  expect(errors).toEqual([])
  await leave(page)
  await shop.open('/next')
  await allStoredOnce(uuids)
})

describe('an event of 70 KB', () => {
  it('goes by a request that no quota limits', async () => {
    const page = await shop.open()
    const uuids = await captureTexts(page, 1, 70_000)
    await allStoredOnce(uuids)
    await until(
      () => storedIn(page),
      (count) => count === 0,
    )
    expect(shop.capture.received).toHaveLength(1)
    expect(await reportsOf(page)).toMatchObject([{ outcome: 'acknowledged' }])
  })

  it('comes with the next page when its own is closed at once', async () => {
    const page = await shop.open('/', { options: { flushIntervalMs: 60_000 } })
    const uuids = await captureTexts(page, 1, 70_000)
    await leave(page)
    await shop.open('/next')
    await allStoredOnce(uuids)
  })

  it('does not stand in the way of those before it when the page goes', async () => {
    const page = await shop.open('/', { options: { flushIntervalMs: 60_000 } })
    const small = await captureTexts(page, 2, 100)
    const large = await captureTexts(page, 1, 70_000)
    await leave(page)
    await allStoredOnce(small)
    await shop.open('/next')
    await allStoredOnce([...small, ...large])
  })
})

it('does without keepalive when others have used up its quota', async () => {
  shop.capture.otherwise = ({ path }) => ({ status: 200, delayMs: path === '/slow' ? 5_000 : 0 })
  const page = await shop.open()
  await page.evaluate((url) => {
    const batch = [{ event: 'not ours', text: 'x'.repeat(64_000) }]
    void fetch(`${url}/slow`, { method: 'POST', keepalive: true, body: JSON.stringify({ batch }) })
  }, shop.capture.url)
  await until(
    () => shop.capture.received.length,
    (count) => count === 1,
  )
  const [uuid = ''] = await captureTexts(page, 1, 5_000)
  await until(
    () => reportsOf(page),
    (reports) => reports.length === 2,
  )
  expect((await reportsOf(page)).map(({ outcome }) => outcome)).toEqual(['retry', 'acknowledged'])
  expect(stored().has(uuid)).toBe(true)
})

it('keeps events through an hour offline, with the time they were taken at', async () => {
  await shop.context.clock.install()
  const page = await shop.open()
  await shop.context.setOffline(true)
  const uuids = await captureIn(page, 'a', 'b', 'c')
  for (let minutes = 0; minutes < 60; minutes += 5) {
    await page.clock.fastForward(HOUR_MS / 12)
    await page.evaluate(() => fetch('/').catch(() => {}))
  }
  await captureIn(page, 'an hour later').then(([uuid = '']) => uuids.push(uuid))
  expect(shop.capture.received).toEqual([])
  await shop.context.setOffline(false)
  await page.clock.runFor(2_000)
  await allStoredOnce(uuids)
  const [a, , , last] = shop.capture.acknowledged
  const sentAt = Date.parse(shop.capture.received.at(-1)?.body.sent_at ?? '')
  const tookAt = [a, last].map((event) => Date.parse(event?.timestamp ?? ''))
  expect((tookAt[1] ?? 0) - (tookAt[0] ?? 0)).toBeGreaterThanOrEqual(HOUR_MS)
  expect(sentAt).toBeGreaterThanOrEqual(tookAt[1] ?? 0)
  expect(last?.properties.$session_id).not.toBe(a?.properties.$session_id)
})

it('stores each event once through a service that stores and answers 500, and tabs that close', async () => {
  let count = 0
  // Two of three requests are stored, and answered as if they were not.
  shop.capture.otherwise = () => ({ status: count++ % 3 === 2 ? 200 : 500 })
  const uuids: string[] = []
  for (const path of ['/a', '/b', '/c']) {
    const page = await shop.open(path, { options: { flushAt: 5, flushIntervalMs: 20 } })
    uuids.push(...(await captureTexts(page, 20, 200)))
    await pause(200)
    await leave(page)
  }
  const last = await shop.open('/last')
  await allStoredOnce(uuids)
  await until(
    () => storedIn(last),
    (waiting) => waiting === 0,
  )
  await allStoredOnce(uuids)
})

import { describe, expect, it } from 'vitest'
import type { Received } from './capture-server.ts'
import {
  captureIn,
  type PageGlobals,
  reportsOf,
  shopForEachTest,
  storedIn,
  until,
  WRITE_KEY,
} from './shop.ts'

const shop = shopForEachTest()

const many = (count: number) => Array.from({ length: count }, (_, i) => `event ${i}`)
const arrived = (count: number) =>
  until(
    () => shop.capture.names,
    (names) => names.length >= count,
  )
const uuidsOf = ({ body }: Received) => body.batch.map(({ uuid }) => uuid)

describe('delivery', () => {
  it('sends events in order, in one batch, as a request that needs no preflight', async () => {
    const page = await shop.open()
    const uuids = await captureIn(page, 'first', 'second', 'third')
    await arrived(3)
    const [request] = shop.capture.received
    expect(shop.capture.received).toHaveLength(1)
    expect(request).toMatchObject({ method: 'POST', path: '/e', body: { api_key: WRITE_KEY } })
    expect(request?.headers['content-type']).toMatch(/^text\/plain/)
    expect(request && uuidsOf(request)).toEqual(uuids)
    expect(shop.capture.names).toEqual(['first', 'second', 'third'])
    expect(
      await until(
        () => storedIn(page),
        (count) => count === 0,
      ),
    ).toBe(0)
  })

  it('fills in id, time, session and page of every event', async () => {
    const before = Date.now()
    const page = await shop.open('/product?utm_source=news')
    await captureIn(page, 'a', 'b')
    await arrived(2)
    const [a, b] = shop.capture.acknowledged
    expect(a?.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(a?.uuid.replace('-', '').slice(0, 12) ?? '', 16)).toBeGreaterThan(
      before - 1,
    )
    expect(a?.distinct_id).toBe(b?.distinct_id)
    expect(Date.parse(a?.timestamp ?? '')).toBeGreaterThan(before - 1)
    expect(a?.properties).toMatchObject({
      $lib: 'web',
      $lib_version: '0.1.0',
      $current_url: shop.url('/product?utm_source=news'),
      $title: 'Page /product',
      $referrer: '',
      $language: 'en-US',
      $screen_width: 1280,
      $viewport_height: 720,
      $sequence: 1,
    })
    expect(b?.properties).toMatchObject({ $sequence: 2, $session_id: a?.properties.$session_id })
  })

  it('sends at once when enough events wait, at most 100 in a request', async () => {
    const page = await shop.open('/', { options: { flushIntervalMs: 60_000, flushAt: 150 } })
    await captureIn(page, ...many(150))
    await arrived(150)
    expect(shop.capture.names).toEqual(many(150))
    for (const { body } of shop.capture.received) expect(body.batch.length).toBeLessThanOrEqual(100)
  })

  it('keeps a request below what browsers let a closing page send', async () => {
    const page = await shop.open()
    await page.evaluate(() => {
      const { headwater } = window as unknown as PageGlobals
      for (let i = 0; i < 60; i++) headwater.capture(`event ${i}`, { text: 'ü'.repeat(1_000) })
    })
    await arrived(60)
    expect(shop.capture.names).toEqual(many(60))
    for (const { bytes } of shop.capture.received) expect(bytes).toBeLessThanOrEqual(61_000)
  })

  it('keeps events on 503 and sends the same bytes again until they are acknowledged', async () => {
    shop.capture.script = [{ status: 503 }, { status: 503 }]
    const page = await shop.open()
    const uuids = await captureIn(page, 'a', 'b')
    await arrived(2)
    const [first, second, third] = shop.capture.received
    expect(shop.capture.received.map(({ status }) => status)).toEqual([503, 503, 200])
    expect(second?.batchText).toBe(first?.batchText)
    expect(third?.batchText).toBe(first?.batchText)
    expect(third?.body.sent_at).not.toBe(first?.body.sent_at)
    expect(shop.capture.acknowledged.map(({ uuid }) => uuid)).toEqual(uuids)
  })

  it('waits as long as Retry-After says', async () => {
    shop.capture.script = [{ status: 503, retryAfter: '3' }]
    const page = await shop.open()
    const started = Date.now()
    await captureIn(page, 'a')
    await until(
      () => reportsOf(page),
      (reports) => reports.length === 1,
    )
    await page.evaluate(() => (window as unknown as PageGlobals).headwater.flush())
    expect(shop.capture.received).toHaveLength(1)
    await arrived(1)
    expect(Date.now() - started).toBeGreaterThanOrEqual(3_000)
  })

  it('does not take an answer for an acknowledgement that is not the service’s own', async () => {
    shop.capture.script = [{ status: 200, body: '<html>Welcome to the hotel</html>' }]
    const page = await shop.open()
    await captureIn(page, 'a')
    await until(
      () => reportsOf(page),
      (reports) => reports[0]?.outcome === 'retry',
    )
    await until(
      () => reportsOf(page),
      (reports) => reports[1]?.outcome === 'acknowledged',
    )
    expect(shop.capture.received).toHaveLength(2)
  })

  it('retries a cut connection, 408 and 429', async () => {
    shop.capture.script = ['cut', { status: 408 }, { status: 429 }]
    const page = await shop.open()
    const uuids = await captureIn(page, 'a')
    await until(
      () => reportsOf(page),
      (reports) => reports.some((r) => r.outcome === 'acknowledged'),
    )
    expect(shop.capture.received.at(-1)?.status).toBe(200)
    expect(shop.capture.acknowledged.map(({ uuid }) => uuid)).toEqual(uuids)
  })

  it.each([400, 401])(
    'gives up a batch that is answered %i, says so, and goes on',
    async (status) => {
      shop.capture.script = [{ status }]
      const page = await shop.open()
      const [refused] = await captureIn(page, 'refused')
      const failures = () => page.evaluate(() => (window as unknown as PageGlobals).failures)
      await until(failures, (list) => list.length === 1)
      expect(await failures()).toMatchObject([{ code: `scripted_${status}`, uuids: [refused] }])
      await captureIn(page, 'next')
      await arrived(1)
      expect(shop.capture.names).toEqual(['next'])
      expect(shop.capture.received).toHaveLength(2)
    },
  )

  it('halves a batch that is too big until every event that fits is through', async () => {
    shop.capture.otherwise = ({ body }) => {
      const tooBig = body.batch.length > 2 || body.batch.some(({ event }) => event === 'event 3')
      return tooBig ? { status: 413 } : { status: 200 }
    }
    const page = await shop.open()
    await captureIn(page, ...many(10))
    await arrived(9)
    await until(
      () => storedIn(page),
      (count) => count === 0,
    )
    expect(shop.capture.names).toEqual(many(10).filter((name) => name !== 'event 3'))
    const failures = await page.evaluate(() => (window as unknown as PageGlobals).failures)
    expect(failures).toMatchObject([{ code: 'scripted_413' }])
  })

  it('names each event that the service dropped', async () => {
    const page = await shop.open()
    shop.capture.otherwise = ({ body }) => ({
      status: 200,
      body: {
        status: 'Ok',
        accepted: 1,
        dropped: [
          { index: 0, uuid: body.batch[0]?.uuid, reason: 'missing_event', message: 'No name.' },
        ],
      },
    })
    const [dropped] = await captureIn(page, ' ', 'good')
    const failures = () => page.evaluate(() => (window as unknown as PageGlobals).failures)
    await until(failures, (list) => list.length === 1)
    expect(await failures()).toEqual([
      { code: 'missing_event', message: 'No name.', uuids: [dropped] },
    ])
    await until(
      () => storedIn(page),
      (count) => count === 0,
    )
  })

  it('never throws, whatever it is given and whatever blocks it', async () => {
    await shop.context.route('**/e', (route) => route.abort('blockedbyclient'))
    const page = await shop.open()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    const uuids = await page.evaluate(() => {
      const { headwater } = window as unknown as PageGlobals
      const circular: Record<string, unknown> = {}
      circular.self = circular
      headwater.identify('')
      return [
        headwater.capture('circular', circular),
        headwater.capture('bigint', { big: 10n }),
        headwater.capture('text', 'plan: pro' as never),
        headwater.capture('list', ['plan'] as never),
        headwater.capture('good'),
      ]
    })
    await until(
      () => reportsOf(page),
      (reports) => reports.length > 0,
    )
    expect(uuids.map((uuid) => uuid !== '')).toEqual([false, false, false, false, true])
    expect((await reportsOf(page))[0]).toMatchObject({ outcome: 'retry', uuids: [uuids[4]] })
    expect(await storedIn(page)).toBe(1)
    expect(errors).toEqual([])
  })

  it('never asks for a preflight', async () => {
    const page = await shop.open()
    await captureIn(page, ...many(30))
    await page.close()
    await shop.open()
    await arrived(30)
    expect(shop.capture.received.filter(({ method }) => method !== 'POST')).toEqual([])
  })
})

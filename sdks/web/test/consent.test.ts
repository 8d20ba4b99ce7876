import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { ClientOptions } from '../src/index.ts'
import { captureIn, type PageGlobals, reportsOf, shopForEachTest, until } from './shop.ts'

const shop = shopForEachTest()

const open = (path: string, options: ClientOptions) => shop.open(path, { options })
const say = (page: Page, what: 'optIn' | 'optOut') =>
  page.evaluate((method) => (window as unknown as PageGlobals).headwater[method](), what)
const hasOptedOut = (page: Page) =>
  page.evaluate(() => (window as unknown as PageGlobals).headwater.hasOptedOut())
const flush = (page: Page) =>
  page.evaluate(() => (window as unknown as PageGlobals).headwater.flush())
/** Everything that the browser keeps for the site. */
const kept = (page: Page) =>
  page.evaluate(async () => [
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(({ name }) => name),
    document.cookie,
  ])
const arrived = (names: string[]) =>
  until(
    () => shop.capture.names,
    (seen) => seen.length >= names.length,
  ).then((seen) => expect(seen).toEqual(names))

describe('consent', () => {
  it('pending: nothing is stored or sent until the visitor agrees, and then all of it', async () => {
    const page = await open('/', { consent: 'pending' })
    await captureIn(page, 'a', 'b')
    await flush(page)
    expect(await kept(page)).toEqual([''])
    expect(shop.capture.received).toEqual([])
    shop.capture.script = [{ status: 503, retryAfter: '1' }]
    await say(page, 'optIn')
    await until(
      () => reportsOf(page),
      (reports) => reports.length === 1,
    )
    // The answer has not come yet: now they are stored as any other.
    expect((await kept(page)).filter((key) => key?.includes(':event:'))).toHaveLength(2)
    await arrived(['a', 'b'])
    const [a, b] = shop.capture.acknowledged
    expect(b?.distinct_id).toBe(a?.distinct_id)
    expect([a?.properties.$sequence, b?.properties.$sequence]).toEqual([1, 2])
  })

  it('pending: is asked once', async () => {
    const first = await open('/', { consent: 'pending' })
    await say(first, 'optIn')
    const second = await open('/second', { consent: 'pending' })
    await captureIn(second, 'agreed before')
    await arrived(['agreed before'])
  })

  it('pending: an open page that is left without a word has sent nothing', async () => {
    const page = await open('/', { consent: 'pending' })
    await captureIn(page, 'a')
    await page.goto('about:blank')
    const next = await open('/next', {})
    await captureIn(next, 'b')
    await arrived(['b'])
  })

  it('optOut stops, deletes what waits and who it was, and is remembered', async () => {
    shop.capture.otherwise = () => ({ status: 503, retryAfter: '2' })
    const page = await open('/', {})
    const other = await open('/other', {})
    await captureIn(page, 'waits')
    await captureIn(other, 'waits elsewhere')
    for (const tab of [page, other]) {
      await until(
        () => reportsOf(tab),
        (reports) => reports.length > 0,
      )
    }
    await say(page, 'optOut')
    expect(await hasOptedOut(other)).toBe(true)
    expect(await kept(page)).toEqual(['hw:default:consent', ''])
    shop.capture.otherwise = null
    const refused = shop.capture.received.length
    expect(await captureIn(page, 'refused')).toEqual([''])
    const later = await open('/later', {})
    expect(await captureIn(later, 'refused')).toEqual([''])
    // Longer than Retry-After: what waited in the other tab would have come.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(shop.capture.received).toHaveLength(refused)
    expect(await kept(later)).toEqual(['hw:default:consent', ''])
    await say(later, 'optIn')
    await captureIn(other, 'agreed after all')
    await arrived(['agreed after all'])
  })

  it('denied: nothing is taken until the visitor agrees', async () => {
    const page = await open('/', { consent: 'denied' })
    expect(await captureIn(page, 'a')).toEqual([''])
    expect(await kept(page)).toEqual([''])
    await say(page, 'optIn')
    await captureIn(page, 'b')
    await arrived(['b'])
  })

  it.each([
    ['doNotTrack', '1'],
    ['globalPrivacyControl', true],
  ])('takes %s for a no where the site wants that', async (name, value) => {
    await shop.context.addInitScript(
      ([property, said]) => Object.defineProperty(navigator, property as string, { value: said }),
      [name, value],
    )
    const respecting = await open('/respecting', { respectDnt: true })
    expect(await hasOptedOut(respecting)).toBe(true)
    expect(await captureIn(respecting, 'refused')).toEqual([''])
    expect(await kept(respecting)).toEqual([''])
    // What the visitor says to this very site comes before what they say to all.
    await say(respecting, 'optIn')
    await captureIn(respecting, 'agreed')
    await arrived(['agreed'])
  })

  it('asks no signal where the site does not want that', async () => {
    await shop.context.addInitScript(() =>
      Object.defineProperty(navigator, 'doNotTrack', { value: '1' }),
    )
    await captureIn(await open('/', {}), 'a')
    await arrived(['a'])
  })
})

describe('cookieless', () => {
  it('stores nothing on the device, and leaves it to the edge to tell who it is', async () => {
    shop.capture.script = [{ status: 503 }]
    const first = await open('/', { cookieless: true })
    await captureIn(first, 'a')
    await first.evaluate(() => history.pushState({}, '', '/route'))
    await captureIn(first, 'b')
    expect(await kept(first)).toEqual([''])
    await until(
      () => shop.capture.acknowledged.length,
      (count) => count === 2,
    )
    const second = await open('/second', { cookieless: true })
    await captureIn(second, 'c')
    await until(
      () => shop.capture.acknowledged.length,
      (count) => count === 3,
    )
    expect(await kept(second)).toEqual([''])
    for (const { distinct_id, properties } of shop.capture.acknowledged) {
      expect([distinct_id, properties.$cookieless_mode]).toEqual(['$cookieless', true])
    }
    const [a, b, c] = shop.capture.acknowledged.map(({ properties }) => properties.$session_id)
    expect(b).toBe(a)
    expect(c).not.toBe(a)
  })

  it('does not read what an earlier start of the site stored, and links nobody to nobody', async () => {
    await captureIn(await open('/', {}), 'a')
    await until(
      () => shop.capture.acknowledged.length,
      (count) => count === 1,
    )
    const page = await open('/cookieless', { cookieless: true })
    await captureIn(page, 'b')
    await page.evaluate(() => (window as unknown as PageGlobals).headwater.identify('ada'))
    await until(
      () => shop.capture.acknowledged.length,
      (count) => count === 3,
    )
    const [, b, identify] = shop.capture.acknowledged
    expect(b?.distinct_id).toBe('$cookieless')
    expect(identify?.distinct_id).toBe('ada')
    expect(identify?.properties).not.toHaveProperty('$anon_distinct_id')
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { parsePageUrl } from '../../../edge/url.ts'
import type { DefaultClient } from '../src/index.ts'
import { CAMPAIGN } from '../src/page-facts.ts'
import { captureIn, type PageGlobals, shopForEachTest, until, WRITE_KEY } from './shop.ts'

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

const shop = shopForEachTest()

const call = (page: Page, calls: [keyof DefaultClient, ...unknown[]][]) =>
  page.evaluate((list) => {
    const { headwater } = window as unknown as PageGlobals
    for (const [method, ...args] of list) {
      ;(headwater[method] as (...args: unknown[]) => unknown)(...args)
    }
  }, calls)
const arrived = (count: number) =>
  until(
    () => shop.capture.acknowledged,
    (events) => events.length >= count,
  )

describe('calls', () => {
  it('sends what persons and groups are, as the server reads it', async () => {
    const page = await shop.open()
    await call(page, [
      ['identify', 'ada', { plan: 'pro' }],
      ['alias', 'ada@example.com'],
      ['set', { city: 'London' }],
      ['setOnce', { first_plan: 'pro' }],
      ['group', 'company', 'acme', { seats: 5 }],
      ['group', 'team', 'blue'],
      ['capture', 'after'],
    ])
    const [identify, alias, set, setOnce, group, after] = await arrived(6)
    expect(identify).toMatchObject({ event: '$identify', $set: { plan: 'pro' } })
    expect(alias).toMatchObject({
      event: '$create_alias',
      distinct_id: 'ada',
      properties: { alias: 'ada@example.com' },
    })
    expect(set).toMatchObject({ event: '$set', $set: { city: 'London' } })
    expect(setOnce).toMatchObject({ event: '$set', $set_once: { first_plan: 'pro' } })
    expect(group).toMatchObject({
      event: '$groupidentify',
      properties: { $group_type: 'company', $group_key: 'acme', $group_set: { seats: 5 } },
    })
    expect(after?.properties.$groups).toEqual({ company: 'acme', team: 'blue' })
  })

  it('adds registered properties to later events of all pages, until unregistered or reset', async () => {
    const first = await shop.open()
    await call(first, [
      ['capture', 'before'],
      ['register', { theme: 'dark', plan: 'free' }],
      ['capture', 'with', { plan: 'pro' }],
    ])
    await arrived(2)
    const second = await shop.open('/second')
    await call(second, [
      ['capture', 'elsewhere'],
      ['unregister', 'theme'],
      ['capture', 'less'],
      ['group', 'company', 'acme'],
      ['reset'],
      ['capture', 'nothing'],
    ])
    const seen = (await arrived(5)).map(({ event, properties }) => {
      const { theme, plan, $groups } = properties
      return [event, theme, plan, $groups]
    })
    expect(seen).toEqual([
      ['before', undefined, undefined, undefined],
      ['with', 'dark', 'pro', undefined],
      ['elsewhere', 'dark', 'free', undefined],
      ['less', undefined, 'free', undefined],
      ['nothing', undefined, undefined, undefined],
    ])
  })

  it('tells errors to every listener, also to one that was there before init', async () => {
    const head = `<script>
      window.heard = []
      window.headwater = []
      headwater.push(['onError', (error) => heard.push(['early', error.code])])
    </script><script src="/analytics.js" data-write-key="${WRITE_KEY}"
      data-host="${shop.capture.url}" data-autocapture-pageviews="false"></script>
    <script>headwater.onError((error) => heard.push(['later', error.code])); headwater.identify('')</script>`
    const page = await shop.open('/', { head })
    const heard = () => page.evaluate(() => (window as unknown as { heard: unknown[] }).heard)
    expect(await until(heard, (list) => list.length === 2)).toEqual([
      ['early', 'missing_distinct_id'],
      ['later', 'missing_distinct_id'],
    ])
  })

  it('goes on when a listener throws', async () => {
    const page = await shop.open()
    await page.evaluate(() =>
      (window as unknown as PageGlobals).headwater.onError(() => {
        throw new Error('of the application')
      }),
    )
    await call(page, [
      ['identify', ''],
      ['capture', 'good'],
    ])
    expect((await arrived(1))[0]?.event).toBe('good')
  })
})

describe('how a visitor first came', () => {
  it('is kept until they are known, and sent once', async () => {
    const landing = await shop.open('/landing?utm_source=news&gclid=abc&page=2')
    await captureIn(landing, 'landed')
    const page = await shop.open('/later?utm_source=other')
    await call(page, [
      ['identify', 'ada'],
      ['identify', 'grace'],
    ])
    const events = await arrived(3)
    const [ada, grace] = events.filter(({ event }) => event === '$identify')
    expect(ada?.$set_once).toEqual({
      $initial_current_url: shop.url('/landing?utm_source=news&gclid=abc&page=2'),
      $initial_referrer: '',
      $initial_utm_source: 'news',
      $initial_gclid: 'abc',
    })
    expect(grace?.$set_once).toEqual({})
  })

  it('names the site that sent them', async () => {
    const page = await shop.open('/landing', { head: ' ' })
    await shop.open('/landing').then((other) => other.close())
    await page.evaluate(() => localStorage.clear())
    await page.goto(shop.url('/landing'), { referer: 'https://search.example/results' })
    await call(page, [['identify', 'ada']])
    expect((await arrived(1))[0]?.$set_once).toMatchObject({
      $initial_referrer: 'https://search.example/results',
      $initial_referring_domain: 'search.example',
    })
  })

  // Those of the edge, but for a few whose names say nothing by themselves.
  it.each([
    ...['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'gclid', 'gbraid'],
    ...[
      'wbraid',
      'msclkid',
      'fbclid',
      'ttclid',
      'twclid',
      'li_fat_id',
      'dclid',
      'rdt_cid',
      'sccid',
    ],
    ...['yclid', 'mc_cid', 'irclickid'],
  ])('has %s, as the edge has', (name) => {
    const { campaign } = parsePageUrl(`https://shop.example/?${name}=1&page=2&user_id=3`)
    expect(Object.keys(campaign)).toEqual([name])
    expect(CAMPAIGN.test(name)).toBe(true)
  })

  it('has nothing else of the address', () => {
    for (const name of ['page', 'user_id', 'q', 'session_id', 'id', 'placid']) {
      expect(CAMPAIGN.test(name)).toBe(false)
    }
  })
})

describe('the stub of the README', () => {
  const stub = /<script>\n?(!function[\s\S]*?)<\/script>/.exec(README)?.[1]

  it('has methods that work before the script is there', async () => {
    const head = `<script>${stub}
      headwater.init('${WRITE_KEY}', { host: '${shop.capture.url}', autocapturePageviews: false })
      headwater.register({ theme: 'dark' })
      headwater.capture('early', { n: 1 })
      headwater.optIn()
    </script><script src="/analytics.js" async></script>`
    await shop.open('/', { head })
    const [early] = await arrived(1)
    expect(early).toMatchObject({ event: 'early', properties: { n: 1, theme: 'dark' } })
  })

  it('has every method of the client', async () => {
    const page = await shop.open('/', { head: `<script>${stub}</script>` })
    const methods = () =>
      page.evaluate(() => Object.keys((window as { headwater?: object }).headwater ?? {}).sort())
    const before = await methods()
    const real = await shop.open('/real')
    const after = await real.evaluate(() =>
      Object.keys((window as unknown as PageGlobals).headwater).sort(),
    )
    expect(before).toEqual(after.filter((name) => name !== 'push'))
  })
})

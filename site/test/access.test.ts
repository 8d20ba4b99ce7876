import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

const KEY = 'rk_of-the-wall'
const WALL = { name: 'wall', projects: [{ id: 'default', role: 'reader' as const }] }

let site: RealSite
let tab: TestPage
/** Addresses that the pages called. */
const called: string[] = []

beforeAll(async () => {
  site = await startRealSite(inject('dist'), {
    findAsker: async (credential) => (credential === KEY ? WALL : null),
  })
  await site.insert([{ distinct_id: 'ann', timestamp: Date.now() - 60_000 }])
  tab = await site.openPage()
  tab.page.on('request', (request) => called.push(request.url()))
})
afterAll(async () => {
  await tab?.close()
  await site?.close()
})

async function connect(readKey: string): Promise<void> {
  await tab.page.goto(site.url)
  await tab.page.getByLabel('Read key').fill(readKey)
  await tab.page.getByRole('button', { name: 'Connect & go to Dashboard' }).click()
}

describe('a Query API that wants to know who asks', () => {
  it.each(['', 'rk_wrong', 'schlüssel'])(
    'says at the field of the read key what is wrong with %j',
    async (wrong) => {
      await connect(wrong)
      const field = tab.page.getByLabel('Read key')
      await tab.page.locator('#readKey-fault').waitFor()
      expect(await field.getAttribute('aria-invalid')).toBe('true')
      expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
      expect(await tab.page.locator('#readKey-fault').textContent()).toMatch(/read key/i)
    },
  )

  it('is asked by all pages with the key that Connect remembers, which is in no address', async () => {
    await connect(KEY)
    await tab.page.waitForURL('**/dashboard**')
    await tab.page.goto(`${site.url}/trends?event=$pageview`)
    await tab.page.locator('svg.plot').first().waitFor()
    await tab.page.goto(`${site.url}/live`)
    await tab.page.getByRole('row', { name: '$pageview' }).first().waitFor()
    expect(called.join()).not.toContain(KEY)
    await tab.page.goto(site.url)
    const field = tab.page.getByLabel('Read key')
    expect([await field.getAttribute('type'), await field.inputValue()]).toEqual(['password', KEY])
  })
})

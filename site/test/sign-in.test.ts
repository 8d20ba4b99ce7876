import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openPglite } from '../../core/auth/database.ts'
import { type AuthService, startAuth } from '../../core/auth/start.ts'
import { SECRETS } from '../../core/auth/test-auth.ts'
import { readConfig } from '../../core/shared/config.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { freePorts } from '../../infra/services/ports.ts'
import { type RealSite, startRealSite, type TestPage } from './real-site.ts'

const ANN = { email: 'ann@example.com', password: 'correct horse battery' }

let site: RealSite
let auth: AuthService
let tab: TestPage

beforeAll(async () => {
  // Each must be told of the other before it starts.
  const [port = 0] = await freePorts(1)
  const AUTH_URL = `http://127.0.0.1:${port}`
  const findAsker = (credential: string) => auth.findAsker(credential)
  site = await startRealSite(inject('dist'), { findAsker }, { AUTH_URL })
  const env = { ...SECRETS, AUTH_PORT: String(port), AUTH_URL, SITE_ORIGINS: site.url }
  const db = await openPglite('memory://')
  auth = await startAuth({ config: readConfig(env), logger: silentLogger, db })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ name: 'Ann', ...ANN })
  await fetch(`${AUTH_URL}/api/auth/sign-up/email`, { method: 'POST', headers, body })
  await site.insert([{ distinct_id: 'ann', timestamp: Date.now() - 60_000 }])
  tab = await site.openPage()
})
afterAll(async () => {
  await tab?.close()
  await auth?.close()
  await site?.close()
})

const connect = () => tab.page.getByRole('button', { name: 'Connect & go to Dashboard' }).click()
async function enter(password: string): Promise<void> {
  await tab.page.goto(site.url)
  await tab.page.getByLabel('E-mail').fill(ANN.email)
  await tab.page.getByLabel('Password').fill(password)
  await connect()
}

describe('signing in on the Connect page', () => {
  it('says at the password what is wrong with it', async () => {
    await enter('not the password')
    await expect
      .poll(() => tab.page.locator('#password-fault').textContent())
      .toBe('Invalid email or password')
    await enter('')
    await tab.page.getByText('Enter the password.').waitFor()
    // The browser itself writes a refused request to the console.
    tab.complaints.length = 0
  })

  it('lets pages ask and save, and remembers who it was but not the password', async () => {
    await enter(ANN.password)
    await tab.page.waitForURL('**/dashboard**')
    await tab.page.locator('svg.plot').first().waitFor()
    await tab.page.goto(`${site.url}/trends?event=$pageview`)
    await tab.page.getByRole('button', { name: 'Save', exact: true }).click()
    await tab.page.getByRole('dialog').getByRole('button', { name: /^Save/ }).first().click()
    await tab.page
      .getByRole('link', { name: 'Open it' })
      .or(tab.page.getByText('Saved'))
      .first()
      .waitFor()
    const kept = await tab.page.evaluate(() => JSON.stringify({ ...localStorage }))
    expect(kept).toContain(ANN.email)
    expect(kept).not.toContain(ANN.password)
    expect(await tab.page.context().cookies()).toEqual([])
    expect(tab.complaints).toEqual([])
  })

  it('shows the write key of a project to whoever may read it', async () => {
    const key = await tab.page.evaluate(async () => {
      const { session } = JSON.parse(localStorage.getItem('headwater.connection') ?? '{}')
      const headers = {
        authorization: `Bearer ${session.token}`,
        'content-type': 'application/json',
      }
      const body = JSON.stringify({ id: 'boutique', name: 'Boutique' })
      await fetch(`${session.auth_url}/api/projects`, { method: 'POST', headers, body })
      const path = '/api/projects/boutique/write-keys'
      const keys = await (await fetch(session.auth_url + path, { headers })).json()
      return keys.write_keys[0].key as string
    })
    await tab.page.goto(`${site.url}/install?project=boutique&guide=node`)
    const code = () => tab.page.locator('.code-block code').allTextContents()
    await expect.poll(async () => (await code()).join()).toContain(key)
    // The query API of this test has no such project.
    tab.complaints.length = 0
  })

  it('ends the session with signing out, here and at the auth API', async () => {
    await tab.page.goto(site.url)
    await tab.page.getByText('Signed in as').waitFor()
    const token = await tab.page.evaluate(
      () => JSON.parse(localStorage.getItem('headwater.connection') ?? '{}').session.token,
    )
    expect(await auth.findAsker(token)).not.toBeNull()
    await tab.page.getByRole('button', { name: 'Sign out' }).click()
    await tab.page.getByLabel('E-mail').waitFor()
    expect(await auth.findAsker(token)).toBeNull()
    expect(await tab.page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(token)
    expect(tab.complaints).toEqual([])
    await connect()
    await expect.poll(() => tab.page.locator('#readKey-fault').textContent()).toContain('sign in')
  })

  it('offers no password to another Query API', async () => {
    await tab.page.goto(site.url)
    await tab.page.getByLabel('Query API address').fill('http://127.0.0.1:9')
    expect(await tab.page.getByLabel('Password').count()).toBe(0)
  })

  it('fits a narrow screen with every field labelled', async () => {
    await tab.page.setViewportSize({ width: 390, height: 800 })
    await tab.page.goto(site.url)
    await tab.page.getByLabel('E-mail').waitFor()
    const over = await tab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(over).toBeLessThanOrEqual(0)
    const fields = await tab.page.locator('main input').all()
    for (const field of fields) {
      expect(await field.evaluate((node) => (node as HTMLInputElement).labels?.length)).toBe(1)
    }
  })
})

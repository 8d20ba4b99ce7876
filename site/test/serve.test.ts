import { fork } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type SiteServer, startSite } from './site-server.ts'

let site: SiteServer
beforeAll(async () => {
  site = await startSite(inject('dist'), { QUERY_URL: 'http://localhost:9001' })
})
afterAll(() => site.close())

describe("the site's server", () => {
  it('answers an unknown path with the 404 page', async () => {
    const response = await fetch(`${site.url}/nowhere`)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('There is no page at this address')
  })

  it.each(['/../package.json', '/%2e%2e/package.json', '/..%2fserve.ts', '/%00'])(
    'serves nothing outside its folder: %s',
    async (path) => {
      expect((await fetch(site.url + path)).status).toBe(404)
    },
  )

  it('forbids framing, sniffing and foreign scripts', async () => {
    const response = await fetch(`${site.url}/dashboard`)
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const html = await response.text()
    const [, policy = ''] = /content-security-policy" content="([^"]*)"/i.exec(html) ?? []
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'self' 'sha256-/)
    expect(policy).not.toContain('unsafe')
  })

  it('lets hashed files be kept and pages be asked for again', async () => {
    const page = await fetch(`${site.url}/trends`)
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const [asset = ''] = /\/_astro\/[^"]+\.js/.exec(await page.text()) ?? []
    const file = await fetch(site.url + asset)
    expect(file.headers.get('cache-control')).toContain('immutable')
    expect(file.headers.get('content-type')).toContain('javascript')
  })

  it('tells the pages the addresses of the deployment', async () => {
    const addresses = await (await fetch(`${site.url}/config.json`)).json()
    expect(addresses).toMatchObject({
      query_url: 'http://localhost:9001',
      auth_url: 'http://localhost:8002',
      write_key: null,
    })
  })

  it('ships no schema library to the browser', async () => {
    const page = await (await fetch(`${site.url}/dashboard`)).text()
    const assets = new Set(page.match(/\/_astro\/[^"]+\.js/g))
    expect(assets.size).toBeGreaterThan(0)
    for (const asset of assets) {
      expect(await (await fetch(site.url + asset)).text()).not.toContain('ZodError')
    }
  })

  it('says where it listens, and ends when its launcher is gone', async () => {
    const child = fork(join(import.meta.dirname, '../serve.ts'), {
      env: { SITE_PORT: '0', SITE_DIST: inject('dist') },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const line = await new Promise<string>((resolve) => {
      child.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk)))
    })
    const { ready, url } = JSON.parse(line)
    expect(ready).toBe(true)
    expect((await fetch(`${url}/_health`)).status).toBe(200)
    child.disconnect()
    expect(await ended).toBe(0)
  })
})

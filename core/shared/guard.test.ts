import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { guard } from './guard.ts'

const SITE = 'http://localhost:3000'

describe('guard', () => {
  it.each(['localhost:8001', '127.0.0.1:8001', '[::1]:8001', 'query.example.com'])(
    'serves the host %s',
    async (host) => {
      expect((await call(`http://${host}/data`)).status).toBe(200)
    },
  )

  it.each(['evil.example', 'localhost.evil.example:8001', '127.0.0.1.evil.example'])(
    'refuses the host %s, which may be a rebound name',
    async (host) => {
      const response = await call(`http://${host}/data`)
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error: { code: 'host_not_allowed' } })
    },
  )

  it('lets the pages of the site read answers, with credentials', async () => {
    const response = await call('http://localhost:8001/data', { headers: { origin: SITE } })
    expect(response.headers.get('access-control-allow-origin')).toBe(SITE)
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
  })

  it('names no origin to the pages of a foreign site', async () => {
    const headers = { origin: 'http://evil.example' }
    const response = await call('http://localhost:8001/data', { headers })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('refuses a write from a foreign page, which a form can send without a preflight', async () => {
    for (const origin of ['http://evil.example', 'http://localhost:9999', 'null']) {
      const response = await call('http://localhost:8001/data', {
        method: 'POST',
        headers: { origin, 'content-type': 'text/plain' },
      })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error: { code: 'origin_not_allowed' } })
    }
  })

  it('takes a write from the site, from its own docs page, and from no page at all', async () => {
    for (const headers of [{ origin: SITE }, { origin: 'http://localhost:8001' }, {}]) {
      const init = { method: 'POST', headers: headers as Record<string, string> }
      expect((await call('http://localhost:8001/data', init)).status).toBe(200)
    }
  })
})

function call(url: string, init: RequestInit = {}): Promise<Response> {
  const app = new Hono()
  app.use(guard({ origins: [SITE], hosts: ['query.example.com'] }))
  app.all('/data', (c) => c.json({}))
  return Promise.resolve(app.request(url, init))
}

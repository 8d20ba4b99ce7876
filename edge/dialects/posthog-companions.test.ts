import { describe, expect, it } from 'vitest'
import { post, request, writeKey } from '../test/edge.ts'

const OFF = {
  hasFeatureFlags: false,
  sessionRecording: false,
  heatmaps: false,
  capturePerformance: false,
  autocaptureExceptions: false,
  siteApps: [],
}

describe('PostHog’s clients', () => {
  it('get a configuration in which nothing has to be loaded', async () => {
    const response = await request(`/array/${writeKey}/config`)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toContain('max-age')
    const config = await response.json()
    expect(config).toMatchObject({ token: writeKey, ...OFF })
    expect(config).not.toHaveProperty('surveys')
  })

  it('get it as a script too, whatever stands in the place of the key', async () => {
    const response = await request(`/array/${writeKey}/config.js`)
    expect(response.headers.get('content-type')).toContain('javascript')
    expect(configIn(await response.text())[writeKey]).toMatchObject({
      config: { token: writeKey, ...OFF },
      siteApps: [],
    })
    const odd = await request('/array/%22%5D;alert(1)/config.js')
    expect(Object.keys(configIn(await odd.text()))).toEqual(['%22%5D;alert(1)'])
  })

  it('have no flags', async () => {
    for (const path of ['/flags/?v=2', '/flags?v=2']) {
      const response = await post(path, JSON.stringify({ token: writeKey, distinct_id: 'a' }))
      expect(await response.json()).toEqual({
        flags: {},
        errorsWhileComputingFlags: false,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        evaluatedAt: expect.any(Number),
      })
    }
    const all = await (await post('/flags/?v=2&config=true', '{}')).json()
    expect(all).toMatchObject({ flags: {}, ...OFF })
    const older = await (await post('/decide/?v=3', '{}')).json()
    expect(older).toMatchObject({ featureFlags: {}, featureFlagPayloads: {}, ...OFF })
  })

  it('are told to stop recording', async () => {
    const answer = await (await post('/s/', '[]')).json()
    expect(answer).toEqual({ status: 'Ok', quota_limited: ['recordings'] })
  })

  it.each([
    ['GET', `/array/${writeKey}/array.js`, 'posthog-js'],
    ['GET', '/static/array.js', 'posthog-js'],
    ['GET', '/static/recorder.js?v=1.449.2', 'posthog-js'],
    ['POST', '/i/v1/logs?token=a', 'Logs'],
    ['POST', '/i/v1/metrics', 'metrics'],
  ])('are told that there is nothing at %s %s', async (method, path, word) => {
    const response = await request(path, { method, ...(method === 'POST' && { body: '{}' }) })
    expect(response.status).toBe(404)
    expect(await response.text()).toContain(word)
  })

  it('may ask from any page', async () => {
    const origin = 'https://shop.example'
    const response = await post('/flags/?v=2', '{}', { origin })
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    const preflight = await request('/flags/?v=2', { method: 'OPTIONS', headers: { origin } })
    expect(preflight.status).toBe(204)
  })
})

describe('whoever looks whether the edge is there', () => {
  it('sees that it runs, and that it could take an event', async () => {
    expect(await (await request('/')).text()).toContain('POST /batch')
    expect(await (await request('/_liveness')).json()).toEqual({ status: 'ok', stage: 'capture' })
    expect(await (await request('/_readiness')).json()).toMatchObject({
      status: 'ok',
      region: 'test',
    })
  })
})

/** What the script leaves in `window`: workerd runs no code from text, so the assignment is read. */
function configIn(script: string): Record<string, unknown> {
  const { token, config } =
    /^\(window\._POSTHOG_REMOTE_CONFIG = window\._POSTHOG_REMOTE_CONFIG \|\| \{\}\)\[(?<token>".*?")\] = (?<config>\{.*\});\n$/.exec(
      script,
    )?.groups ?? {}
  return { [JSON.parse(token ?? 'null') as string]: JSON.parse(config ?? 'null') }
}

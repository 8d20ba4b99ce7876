import { describe, expect, it } from 'vitest'
import { httpQueryClient, QueryError, trendParams } from './api.ts'

type Answer = () => Response | Promise<Response>

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  })

function clientOf(answer: Answer, opaque: Answer = answer) {
  const fetch = async (_url: unknown, init?: RequestInit) =>
    init?.mode === 'no-cors' ? opaque() : answer()
  return httpQueryClient('http://api', fetch as typeof globalThis.fetch)
}

const refused: Answer = () => Promise.reject(new TypeError('Failed to fetch'))

async function failure(promise: Promise<unknown>): Promise<QueryError> {
  const error = await promise.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(QueryError)
  return error as QueryError
}

describe('QueryClient over HTTP', () => {
  it('says that nothing can be reached when nothing answers', async () => {
    const error = await failure(clientOf(refused).check())
    expect(error).toMatchObject({ kind: 'unreachable' })
    expect(error.message).toContain('Cannot reach http://api')
  })

  it('tells a refused origin from a closed port', async () => {
    const error = await failure(clientOf(refused, () => new Response()).check())
    expect(error).toMatchObject({ kind: 'origin_refused' })
    expect(error.message).toContain('SITE_ORIGINS')
  })

  it.each([
    ['a web page', () => new Response('<html>')],
    ['JSON of another service', () => json({ ok: true })],
    ['a 404 page', () => new Response('nothing here', { status: 404 })],
    ['a list', () => json([])],
  ] as [string, Answer][])('says that %s is no Query API', async (_name, answer) => {
    const error = await failure(clientOf(answer).check())
    expect(error).toMatchObject({ kind: 'not_headwater' })
  })

  it('hands on the words and the field of a refused question', async () => {
    const body = { error: { code: 'unknown_project', message: 'No such one.', field: 'project' } }
    const error = await failure(clientOf(() => json(body, 404)).freshness('x'))
    expect(error).toMatchObject({ kind: 'refused', message: 'No such one.', field: 'project' })
  })

  it('calls a 5xx a failure of the service, with or without a body', async () => {
    const bare = clientOf(() => new Response('boom', { status: 502 }))
    expect(await failure(bare.eventNames('default'))).toMatchObject({ kind: 'failed' })
    const said = clientOf(() => json({ error: { code: 'x', message: 'Away.' } }, 503))
    expect(await failure(said.eventNames('default'))).toMatchObject({
      kind: 'failed',
      message: 'Away.',
    })
  })

  it('rejects as aborted, not as unreachable, when the caller aborts', async () => {
    const abort = new AbortController()
    abort.abort()
    const client = clientOf(() => Promise.reject(new DOMException('gone', 'AbortError')))
    const error = await client.freshness('default', abort.signal).catch((reason) => reason)
    expect(error).toMatchObject({ name: 'AbortError' })
  })

  it('sends filters as JSON and leaves out what is not set', () => {
    const params = trendParams({
      project: 'default',
      event: '$pageview',
      measure: 'total',
      interval: 'day',
      date_from: '-7d',
      date_to: undefined,
      time_zone: 'UTC',
      filters: [{ property: 'a', operator: 'is', value: '&=' }],
      breakdown_limit: 8,
      include_bots: false,
    })
    expect(params.get('filters')).toBe('[{"property":"a","operator":"is","value":"&="}]')
    expect(params.get('event')).toBe('$pageview')
    expect(params.has('date_to')).toBe(false)
    expect(params.has('breakdown')).toBe(false)
  })
})

describe('a file', () => {
  const fileFrom = (response: Response, onBytes: (bytes: number) => void = () => {}) =>
    httpQueryClient(URL_OF_API, async () => response).file('/api/export', onBytes, NEVER)
  const NEVER = new AbortController().signal
  const URL_OF_API = 'http://127.0.0.1:8001'

  it('is what came, whole, with how much of it came so far', async () => {
    const told: number[] = []
    const blob = await fileFrom(new Response('a,b\r\n1,2\r\n'), (bytes) => told.push(bytes))
    expect(await blob.text()).toBe('a,b\r\n1,2\r\n')
    expect(told.at(-1)).toBe(10)
  })

  it('is none when it breaks off', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('a,b\r\n'))
      },
      pull: (controller) => controller.error(new Error('reset')),
    })
    await expect(fileFrom(new Response(body))).rejects.toMatchObject({
      kind: 'failed',
      message: `The file of ${URL_OF_API} broke off.`,
    })
  })

  it('is none when it is refused, and the field is named', async () => {
    const error = { code: 'invalid_query', message: 'no such format', field: 'format' }
    await expect(fileFrom(Response.json({ error }, { status: 400 }))).rejects.toMatchObject({
      kind: 'refused',
      field: 'format',
    })
  })
})

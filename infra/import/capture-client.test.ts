import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterEach, expect, it } from 'vitest'
import { CaptureClient, CaptureRefusal } from './capture-client.ts'

interface Received {
  headers: IncomingHttpHeaders
  body: { api_key: string; sent_at?: string; historical_migration?: boolean; batch: unknown[] }
}
interface Answer {
  status: number
  body?: unknown
  retryAfter?: string
}

let server: Server | null = null
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)))
  server = null
})

const events = (count: number) => Array.from({ length: count }, (_, i) => `{"uuid":"${i}"}`)
const ok = ({ body }: Received): Answer => ({
  status: 200,
  body: { status: 'Ok', accepted: body.batch.length, dropped: [] },
})

it('sends events as history, without a time of its own', async () => {
  const { client, received } = await clientOf(ok)
  expect(await client.send(events(3))).toEqual({ accepted: 3, dropped: [] })
  const [request] = received
  expect(request?.body).toEqual({
    api_key: 'wk',
    historical_migration: true,
    batch: [{ uuid: '0' }, { uuid: '1' }, { uuid: '2' }],
  })
  expect(request?.headers['content-encoding']).toBe('gzip')
})

it('waits as long as it is asked to, however often, and says so', async () => {
  let failures = 4
  const { client, waits } = await clientOf((request) =>
    failures-- > 0 ? { status: 503, retryAfter: '0.3', body: BACKLOG } : ok(request),
  )
  const started = Date.now()
  expect(await client.send(events(2))).toEqual({ accepted: 2, dropped: [] })
  expect(Date.now() - started).toBeGreaterThanOrEqual(4 * 300)
  expect(client.retries).toBe(4)
  expect(waits[0]).toMatch(/answers 503 backlog_full$/)
})

it('sends again what was not answered', async () => {
  let failures = 2
  const { client, received, waits } = await clientOf((request) =>
    failures-- > 0 ? null : ok(request),
  )
  expect(await client.send(events(2))).toEqual({ accepted: 2, dropped: [] })
  expect(received.map(({ body }) => body.batch.length)).toEqual([2, 2, 2])
  expect(waits[0]).toMatch(/does not answer: /)
})

it('halves what is too big, and drops the event that is too big alone', async () => {
  const { client } = await clientOf((request) => {
    const isBig = request.body.batch.some((event) => (event as { uuid: string }).uuid === '5')
    if (isBig) return { status: 413 }
    const [first] = request.body.batch as { uuid: string }[]
    const drop = { index: 0, uuid: first?.uuid, reason: 'missing_event', message: '' }
    const accepted = request.body.batch.length - 1
    return { status: 200, body: { status: 'Ok', accepted, dropped: [drop] } }
  })
  const { accepted, dropped } = await client.send(events(8))
  expect(dropped.map(({ index, uuid, reason }) => [index, uuid, reason])).toEqual([
    [0, '0', 'missing_event'],
    [4, '4', 'missing_event'],
    [5, '5', 'event_too_big'],
    [6, '6', 'missing_event'],
  ])
  expect(accepted).toBe(4)
})

it('rejects with the reason when it is refused for good', async () => {
  const { client, received } = await clientOf(() => ({
    status: 401,
    body: { error: { code: 'invalid_write_key', message: 'The write key is wrong.' } },
  }))
  await expect(client.send(events(1))).rejects.toThrow(CaptureRefusal)
  await expect(client.send(events(1))).rejects.toThrow('with 401: The write key is wrong.')
  expect(received).toHaveLength(2)
})

it('rejects an answer that does not speak of every event', async () => {
  const { client } = await clientOf(() => ({ status: 200, body: { status: 'Ok', accepted: 1 } }))
  await expect(client.send(events(2))).rejects.toThrow('answered for 1 of 2 events')
})

it('stops to wait at once when it is told to, and lets a request still be answered', async () => {
  const stop = new AbortController()
  const { client } = await clientOf(() => ({ status: 503, retryAfter: '60' }), stop.signal)
  const waiting = client.send(events(1))
  setTimeout(() => stop.abort(), 100)
  await expect(waiting).rejects.toThrow(/aborted/)
  server?.close()
  const slow = await clientOf(async (request) => {
    await sleep(300)
    return ok(request)
  }, stop.signal)
  expect(await slow.client.send(events(1))).toEqual({ accepted: 1, dropped: [] })
})

const BACKLOG = { error: { code: 'backlog_full', message: 'Later.' } }

/** A client of a server that answers so; null hangs up instead. */
async function clientOf(
  answer: (request: Received) => Answer | null | Promise<Answer>,
  stop = new AbortController().signal,
) {
  const received: Received[] = []
  const waits: string[] = []
  const listening = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as Received['body']
    received.push({ headers: request.headers, body })
    const said = await answer({ headers: request.headers, body })
    if (!said) return request.socket.destroy()
    response.writeHead(said.status, said.retryAfter ? { 'retry-after': said.retryAfter } : {})
    response.end(JSON.stringify(said.body ?? {}))
  })
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const host = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
  const client = new CaptureClient({
    host,
    writeKey: 'wk',
    stop,
    onWait: (why) => waits.push(why),
  })
  return { client, received, waits }
}

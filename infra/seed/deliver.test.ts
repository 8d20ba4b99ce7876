import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { Event } from '@headwater/schemas/event'
import { afterEach, expect, it } from 'vitest'
import { deliver } from './deliver.ts'

interface Request {
  api_key: string
  batch: Event[]
}
type Answer = { status: number; body?: unknown; retryAfter?: string }

let server: Server | null = null
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)))
  server = null
})

const events = (count: number): Event[] =>
  Array.from({ length: count }, (_, i) => ({ uuid: `${i}`, event: 'e', distinct_id: 'p' }))

it('sends every event once, in gzipped batches', async () => {
  const { url, requests } = await answering(() => ok)
  const result = await deliver(events(1_050), { url, writeKey: 'wk', batchEvents: 500 })
  expect(result).toEqual({ accepted: 1_050, dropped: [], retries: 0 })
  expect(requests.map(({ batch }) => batch.length).sort((a, b) => a - b)).toEqual([50, 500, 500])
  const uuids = requests.flatMap(({ batch }) => batch.map(({ uuid }) => Number(uuid)))
  expect(uuids.sort((a, b) => a - b)).toEqual(events(1_050).map((_, i) => i))
})

it('sends a batch again after 503, no sooner than asked', async () => {
  let failures = 2
  const { url, requests } = await answering(() =>
    failures-- > 0 ? () => ({ status: 503, retryAfter: '1' }) : ok,
  )
  const started = Date.now()
  const result = await deliver(events(3), { url, writeKey: 'wk' })
  expect(result).toMatchObject({ accepted: 3, retries: 2 })
  expect(Date.now() - started).toBeGreaterThanOrEqual(2_000)
  expect(requests).toHaveLength(3)
  expect(new Set(requests.map(({ batch }) => JSON.stringify(batch))).size).toBe(1)
})

it('counts what was dropped', async () => {
  const dropped = [{ index: 0, uuid: '0', reason: 'missing_event', message: 'No name.' }]
  const { url } = await answering(() => ({ batch }) => ({
    status: 200,
    body: { status: 'Ok', accepted: batch.length - 1, dropped },
  }))
  expect(await deliver(events(3), { url, writeKey: 'wk' })).toMatchObject({ accepted: 2, dropped })
})

it('rejects with the reason when a request is refused, and sends no more', async () => {
  const { url, requests } = await answering(() => () => ({
    status: 401,
    body: { error: { code: 'invalid_write_key', message: 'The write key is wrong.' } },
  }))
  const sending = deliver(events(5_000), { url, writeKey: 'wk', batchEvents: 10, concurrency: 2 })
  await expect(sending).rejects.toThrow('The write key is wrong.')
  expect(requests.length).toBeLessThanOrEqual(4)
})

it('gives up when nobody answers', async () => {
  const sending = deliver(events(1), { url: 'http://127.0.0.1:9', writeKey: 'wk', giveUpMs: 500 })
  await expect(sending).rejects.toThrow('did not take a batch')
})

const ok = ({ batch }: Request): Answer => ({
  status: 200,
  body: { status: 'Ok', accepted: batch.length, dropped: [] },
})

async function answering(next: () => (request: Request) => Answer) {
  const requests: Request[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const parsed = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as Request
    requests.push(parsed)
    const { status, body = {}, retryAfter } = next()(parsed)
    response.writeHead(status, retryAfter ? { 'retry-after': retryAfter } : {})
    response.end(JSON.stringify(body))
  }
  server = createServer((request, response) => void handle(request, response))
  const listening = server
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, requests }
}

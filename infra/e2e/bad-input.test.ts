import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stack, startStack } from './stack.ts'

const ANSWER_WITHIN_MS = 5_000
/** What answering hostile input may add to a process, bytes; a bomb unpacked would be gigabytes. */
const MEMORY_GROWTH_LIMIT = 200 * 1024 * 1024

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(async () => {
  await stack.remove()
})

interface ErrorAnswer {
  error: { code: string; message: string; field?: string }
}

/** Sends, and requires an answer in time that is documented JSON and no server error. */
async function refused(url: string, init: RequestInit, status: number, code: string) {
  const started = Date.now()
  const response = await fetch(url, init)
  const text = await response.text()
  expect(Date.now() - started, text).toBeLessThan(ANSWER_WITHIN_MS)
  expect(response.status, text).toBe(status)
  const answer = JSON.parse(text) as ErrorAnswer
  expect(answer.error.code).toBe(code)
  expect(answer.error.message.length).toBeGreaterThan(10)
  expect(text).not.toMatch(/\bat .+\(.+:\d+:\d+\)|node_modules|SELECT /)
  return answer.error
}

const capture = (body: BodyInit, path = '/capture', headers: Record<string, string> = {}) => ({
  url: stack.url('edge', path),
  init: { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } },
})

async function captureRefused(body: BodyInit, status: number, code: string, path?: string) {
  const { url, init } = capture(body, path)
  return refused(url, init, status, code)
}

async function verdictOf(event: Record<string, unknown> | string) {
  const json = typeof event === 'string' ? event : JSON.stringify(event)
  const good = '{"event":"good","distinct_id":"neighbour"}'
  const { url, init } = capture(
    `{"api_key":"${stack.writeKey}","batch":[${json},${good}]}`,
    '/batch',
  )
  const started = Date.now()
  const response = await fetch(url, init)
  expect(response.status).toBe(200)
  expect(Date.now() - started).toBeLessThan(ANSWER_WITHIN_MS)
  const answer = (await response.json()) as { accepted: number; dropped: { reason: string }[] }
  expect(answer.accepted + answer.dropped.length).toBe(2)
  return answer.dropped[0]?.reason ?? 'accepted'
}

it('refuses a body that is not JSON', async () => {
  await captureRefused('hello', 400, 'malformed_json')
  await captureRefused('{"api_key":', 400, 'malformed_json')
})

it('refuses a request without a write key, and one with a wrong key', async () => {
  await captureRefused('{"event":"a","distinct_id":"b"}', 401, 'missing_write_key')
  const wrong = stack.writeKey.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  const body = JSON.stringify({ api_key: wrong, event: 'a', distinct_id: 'b' })
  await captureRefused(body, 401, 'invalid_write_key')
})

it('refuses a gzip body that was cut off', async () => {
  const whole = gzipSync(JSON.stringify({ api_key: stack.writeKey, event: 'a', distinct_id: 'b' }))
  await captureRefused(new Uint8Array(whole.subarray(0, whole.length - 12)), 400, 'unreadable_body')
})

it('refuses a body of 21 MB with 413 and keeps the connection usable', async () => {
  await captureRefused(Buffer.alloc(21 * 1024 * 1024, 0x20), 413, 'body_too_big')
  expect(await verdictOf({ event: 'after', distinct_id: 'big' })).toBe('accepted')
})

it('stops a gzip bomb of 10 GB early, with memory flat', async () => {
  const bomb = gzipBomb(10 * 1024 ** 3)
  expect(bomb.length).toBeLessThan(20 * 1024 * 1024)
  const before = workerdBytes()
  await captureRefused(bomb, 413, 'body_too_big')
  expect(workerdBytes() - before).toBeLessThan(MEMORY_GROWTH_LIMIT)
  expect(await verdictOf({ event: 'after', distinct_id: 'bomb' })).toBe('accepted')
})

it('drops a single event of 2 MB and keeps its neighbour', async () => {
  const big = { event: 'big', distinct_id: 'b', properties: { text: 'x'.repeat(2 * 1024 * 1024) } }
  expect(await verdictOf(big)).toBe('event_too_big')
})

it('drops an event nested 2,000 deep and keeps its neighbour', async () => {
  const deep = `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`
  expect(await verdictOf(`{"event":"deep","distinct_id":"b","properties":${deep}}`)).toBe(
    'too_deep',
  )
})

it('takes __proto__ and constructor keys as plain data', async () => {
  const keys = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
  expect(await verdictOf(`{"event":"p","distinct_id":"b","properties":${keys}}`)).toBe('accepted')
  expect(await verdictOf(`{"__proto__":{"event":"x"},"distinct_id":"b"}`)).toBe('missing_event')
})

it.each([
  [1, 'not_an_object'],
  ['[]', 'not_an_object'],
  ['null', 'not_an_object'],
  ['{"event":5,"distinct_id":"b"}', 'invalid_event'],
  ['{"event":"a","distinct_id":{"id":1}}', 'invalid_distinct_id'],
  ['{"event":"a"}', 'missing_distinct_id'],
  ['{"event":"a","distinct_id":"b","properties":[1]}', 'invalid_properties'],
  ['{"event":"a","distinct_id":"b","uuid":"not-one"}', 'invalid_uuid'],
])('names why %s is dropped', async (event, reason) => {
  expect(await verdictOf(String(event))).toBe(reason)
})

it('refuses an unknown path and a wrong method at capture', async () => {
  await refused(stack.url('edge', '/nothing'), {}, 404, 'not_found')
  await refused(stack.url('edge', '/batch'), { method: 'DELETE' }, 405, 'method_not_allowed')
})

it('refuses an unsigned batch, a wrong signature and a batch too big at the bridge', async () => {
  const url = stack.url('bridge', '/v1/batches')
  const post = (body: BodyInit, headers: Record<string, string> = {}) => ({
    method: 'POST',
    body,
    headers,
  })
  expect((await fetch(url, post('x'))).status).toBe(400)
  const signed = {
    'x-headwater-shard': 'local:0@0123456789abcdef',
    'x-headwater-seq': '1',
    'x-headwater-events': '1',
    'x-headwater-time': String(Date.now()),
    'x-headwater-signature': '0'.repeat(64),
  }
  expect((await fetch(url, post('x', signed))).status).toBe(401)
  expect((await fetch(url, post(Buffer.alloc(9 * 1024 * 1024), signed))).status).toBe(413)
  const late = { ...signed, 'x-headwater-time': String(Date.now() - 3_600_000) }
  expect((await fetch(url, post('x', late))).status).toBe(401)
})

it('names the field at fault at the query API', async () => {
  const trends = (query: string) => stack.url('query', `/api/trends?${query}`)
  const get = async (query: string, field: string) => {
    const error = await refused(trends(query), {}, 400, 'invalid_query')
    expect(error.field).toBe(field)
  }
  await get('event=a', 'project')
  await get('project=default', 'event')
  await get('project=default&event=a&interval=fortnight', 'interval')
  await get('project=default&event=a&time_zone=Mars/Olympus', 'time_zone')
  await get('project=default&event=a&date_from=yesterday', 'date_from')
  const post = (body: string) => ({
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  const funnels = stack.url('query', '/api/funnels')
  const error = await refused(
    funnels,
    post('{"project":"default","steps":[]}'),
    400,
    'invalid_query',
  )
  expect(error.field).toBe('steps')
  await refused(funnels, post('{'), 400, 'malformed_json')
})

it('refuses what is not signed in or not signed at the auth API', async () => {
  expect((await fetch(stack.url('auth', '/api/projects'))).status).toBe(401)
  expect((await fetch(stack.url('auth', '/internal/revocations'))).status).toBe(401)
})

it('ends a sender that never finishes its headers', async () => {
  const { port } = new URL(stack.url('bridge'))
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('POST /v1/batches HTTP/1.1\r\nhost: localhost\r\n')
  const started = Date.now()
  await new Promise((resolve) => socket.once('close', resolve).resume())
  expect(Date.now() - started).toBeLessThan(45_000)
})

it('still serves after all of this', async () => {
  expect(await verdictOf({ event: 'last', distinct_id: 'one' })).toBe('accepted')
})

function workerdBytes(): number {
  const pid = stack.pids().pids['edge workerd']
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

// Ten gigabytes of spaces in about ten megabytes. Blocks that end in a full flush can be repeated
// byte for byte, so making the bomb takes no time; its checksum is never reached.
function gzipBomb(bytes: number): Uint8Array<ArrayBuffer> {
  const block = Buffer.alloc(4 * 1024 * 1024, 0x20)
  const flushed = deflateRawSync(block, { level: 9, finishFlush: constants.Z_FULL_FLUSH })
  const header = gzipSync('').subarray(0, 10)
  const blocks = Array.from({ length: Math.ceil(bytes / block.length) }, () => flushed)
  return new Uint8Array(Buffer.concat([header, ...blocks, Buffer.from([3, 0]), Buffer.alloc(8)]))
}

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listen } from '../../shared/service.ts'
import { sampleRow } from '../../store/sample-row.ts'
import { type QueryStore, StoreError } from '../../store/store.ts'
import { openTestApi, type TestApi, type TestClient, testClient } from '../test-api.ts'
import { Feed } from './feed.ts'
import { WatcherStream } from './watcher-stream.ts'

const TIMES = { pollMs: 50, activeMs: 50, heartbeatMs: 60_000, stallMs: 60_000 }

let api: TestApi
let project = ''
let projects = 0
let closing: AbortController
let asked = 0
let failing: StoreError | null = null
let client: TestClient
const open: Feed[] = []

beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())
beforeEach(() => {
  project = `live-${projects++}`
  closing = new AbortController()
  asked = 0
  const store: QueryStore = {
    query(query, options) {
      asked++
      return failing ? Promise.reject(failing) : api.store.query(query, options)
    },
    dataVersion: () => api.store.dataVersion(),
  }
  client = testClient({ store, closing: closing.signal, liveTimes: TIMES })
})
afterEach(async () => {
  failing = null
  await Promise.all(open.splice(0).map((feed) => feed.leave()))
})

async function watch(of = project, credential?: string): Promise<Feed> {
  const abort = new AbortController()
  const response = await client.fetch(`/api/live?project=${of}`, {
    signal: abort.signal,
    headers: credential ? { authorization: `Bearer ${credential}` } : {},
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const feed = new Feed(response, abort)
  open.push(feed)
  return feed
}

let tokens = 0
const insert = (facts: object[]) =>
  api.store.insert(
    'events',
    facts.map((fact) =>
      JSON.stringify({ ...sampleRow({ project_id: project, timestamp: Date.now() }), ...fact }),
    ),
    `live ${tokens++}`,
  )
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
/** How often the store is asked in a while that begins now. */
const askedIn = async (ms: number) => {
  const before = asked
  await rest(ms)
  return asked - before
}

describe('GET /api/live', () => {
  it('shows what is there, then what arrives, each once', async () => {
    await insert([{ event: 'before', browser: 'Firefox', pathname: '/a' }])
    const feed = await watch()
    const first = await feed.next('events')
    expect(first).toMatchObject({
      events: [{ event: 'before', browser: 'Firefox', pathname: '/a', country: null }],
      not_shown: 0,
    })
    await insert([{ event: 'one' }])
    await insert([{ event: 'two' }])
    expect(await feed.names(2)).toEqual(['one', 'two'])
    await rest(300)
    await insert([{ event: 'three' }])
    expect(await feed.names(1)).toEqual(['three'])
  })

  it('begins with what is there for whoever comes, also when that is nothing', async () => {
    const first = await watch()
    expect(await first.next('events')).toEqual({ events: [], not_shown: 0 })
    await insert([{ event: 'one' }])
    await insert([{ event: 'two' }])
    expect(await first.names(2)).toEqual(['one', 'two'])
    const second = await watch()
    expect(await second.names(2)).toEqual(['one', 'two'])
    await insert([{ event: 'three' }])
    expect([await first.names(1), await second.names(1)]).toEqual([['three'], ['three']])
  })

  it('shows what was inserted before others, and seen after them', async () => {
    await insert([{ event: 'first' }])
    const feed = await watch()
    expect(await feed.names(1)).toEqual(['first'])
    await insert([{ event: 'late', inserted_at: Date.now() - 2_000 }])
    expect(await feed.names(1)).toEqual(['late'])
  })

  it('shows some of too many, and says how many more there were', async () => {
    const feed = await watch()
    await feed.next('active')
    await insert(Array.from({ length: 300 }, () => ({})))
    const some = await feed.next('events')
    expect([some?.events.length, some?.not_shown]).toEqual([50, 250])
    await insert(Array.from({ length: 2_500 }, () => ({})))
    const many = await feed.next('events')
    expect([many?.events.length, many?.not_shown]).toEqual([50, 2_450])
    await insert([{ event: 'after' }])
    expect(await feed.names(1)).toEqual(['after'])
  })

  it('shows nothing of another project', async () => {
    const feed = await watch()
    await feed.next('active')
    const own = project
    project = 'live-other'
    await insert([{ event: 'theirs' }])
    project = own
    await insert([{ event: 'mine' }])
    expect(await feed.names(1)).toEqual(['mine'])
  })

  it('counts who was there in the last five minutes, without bots', async () => {
    const ago = (minutes: number) => Date.now() - minutes * 60_000
    await insert([
      { distinct_id: 'ann', timestamp: ago(1) },
      { distinct_id: 'ann', timestamp: ago(2) },
      { distinct_id: 'bob', timestamp: ago(4) },
      { distinct_id: 'cem', timestamp: ago(6) },
      { distinct_id: 'bot', timestamp: ago(1), is_bot: true },
    ])
    const feed = await watch()
    expect(await feed.next('active')).toEqual({ visitors: 2, minutes: 5 })
    await insert([{ distinct_id: 'dan', timestamp: ago(0) }])
    await expect.poll(async () => (await feed.next('active'))?.visitors, { timeout: 5_000 }).toBe(3)
  })

  it('looks once for all who watch a project, and not at all for nobody', async () => {
    const feeds = await Promise.all(Array.from({ length: 20 }, () => watch()))
    await Promise.all(feeds.map((feed) => feed.next('active')))
    const before = asked
    await rest(500)
    // Two questions every 50 ms at the most, however many watch.
    expect(asked - before).toBeGreaterThan(2)
    expect(asked - before).toBeLessThanOrEqual(24)
    await insert([{ event: 'seen by all' }])
    const seen = await Promise.all(feeds.map((feed) => feed.names(1)))
    expect(seen).toEqual(feeds.map(() => ['seen by all']))
    await Promise.all(feeds.map((feed) => feed.leave()))
    await expect.poll(() => askedIn(300)).toBe(0)
  })

  it('says when the store is away, and goes on when it is back', async () => {
    const feed = await watch()
    await feed.next('active')
    failing = new StoreError('unavailable', 'away: SELECT 1')
    expect(await feed.next('unavailable')).toEqual({})
    failing = null
    await insert([{ event: 'back' }])
    expect(await feed.names(1)).toEqual(['back'])
  })

  it('ends in order when the service closes, also for who comes after', async () => {
    const feed = await watch()
    await feed.next('active')
    closing.abort()
    expect(await feed.next('nothing')).toBeNull()
    expect(await (await watch()).next('nothing')).toBeNull()
  })

  it('lets a service close at once, and notices a client that went away', async () => {
    const service = await listen(
      async (request) => client.fetch(request.url, request),
      '127.0.0.1',
      0,
    )
    const url = `${service.url}/api/live?project=${project}`
    const abort = new AbortController()
    const gone = await fetch(url, { signal: abort.signal })
    await gone.body?.getReader().read()
    abort.abort()
    await expect.poll(() => askedIn(300)).toBe(0)
    const stays = await fetch(url)
    const started = Date.now()
    closing.abort()
    await Promise.all([stays.text(), service.close()])
    expect(Date.now() - started).toBeLessThan(3_000)
  })

  it.each([
    ['project=nobody', 404],
    ['', 400],
    ['project=default&colour=red', 400],
  ])('refuses ?%s', async (params, status) => {
    expect((await client.fetch(`/api/live?${params}`)).status).toBe(status)
  })

  it('ends for who may not watch any more, and for nobody else', async () => {
    const projects = [{ id: project, role: 'reader' as const }]
    const revoked = new Set<string>()
    client = testClient({
      store: api.store,
      liveTimes: { ...TIMES, heartbeatMs: 50 },
      // As old as it must be to be asked again.
      clock: () => performance.now() * 1_000,
      findAsker: async (credential) =>
        revoked.has(credential) ? null : { name: credential, projects },
    })
    const feeds = await Promise.all([watch(project, 'ann'), watch(project, 'bob')])
    revoked.add('ann')
    expect(await feeds[0]?.next('never')).toBeNull()
    await insert([{ event: 'later' }])
    expect(await feeds[1]?.names(1)).toEqual(['later'])
  })

  it('refuses more than may watch', async () => {
    const feeds = await Promise.all(Array.from({ length: 100 }, () => watch()))
    expect((await client.fetch(`/api/live?project=${project}`)).status).toBe(429)
    await feeds[0]?.leave()
    await rest(10)
    await watch()
  })
})

describe('a client that does not read', () => {
  const options = { heartbeatMs: 60_000, stallMs: 60_000, left() {} }
  const message = { text: 'x'.repeat(1_000) }

  it('holds little, and hears what it missed', async () => {
    const stream = new WatcherStream(options)
    for (let i = 0; i < 100_000; i++) stream.send('events', message)
    const reader = stream.body.getReader()
    let held = 0
    while (held < 120 * 1024) held += (await reader.read()).value?.length ?? 0
    expect(held).toBeLessThan(140 * 1024)
    stream.send('events', message)
    stream.close()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += Buffer.from(value).toString()
    }
    expect(Number(/"messages_left_out":(\d+)/.exec(text)?.[1])).toBeGreaterThan(99_800)
  })

  it('is let go when it takes nothing for long, once', async () => {
    let left = 0
    const stream = new WatcherStream({ heartbeatMs: 10, stallMs: 50, left: () => void left++ })
    for (let i = 0; i < 1_000; i++) stream.send('events', message)
    await expect.poll(() => left).toBe(1)
    await expect(new Response(stream.body).text()).rejects.toThrow('takes nothing')
    stream.close()
    stream.send('events', message)
    expect(left).toBe(1)
  })

  it('is kept when it only hears nothing', async () => {
    let left = 0
    const stream = new WatcherStream({ heartbeatMs: 10, stallMs: 20, left: () => void left++ })
    const reader = stream.body.getReader()
    let text = ''
    const until = Date.now() + 200
    while (Date.now() < until) text += Buffer.from((await reader.read()).value ?? []).toString()
    expect(text.match(/: still here/g)?.length).toBeGreaterThan(3)
    expect(left).toBe(0)
    stream.close()
  })
})

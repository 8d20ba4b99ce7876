import { describe, expect, it } from 'vitest'
import { visitorOfDay } from './cookieless.ts'
import { core, recordsOf, until } from './test/core.ts'
import { post, request, send, writeKeyOf } from './test/edge.ts'

const DAY = 86_400_000
const SECRET = 's'.repeat(32)
const VISITOR = { projectId: 'p', ip: '203.0.113.9', userAgent: 'Mozilla/5.0', timestamp: 30 * DAY }
const idOf = (more: Partial<typeof VISITOR>) => visitorOfDay(SECRET, { ...VISITOR, ...more })

describe('the id of a visitor who keeps none', () => {
  it('is the same for a day, and another one on the next', () => {
    expect(idOf({})).toMatch(/^cookieless_[0-9a-f]{32}$/)
    expect(idOf({ timestamp: 30 * DAY + DAY - 1 })).toBe(idOf({}))
    expect(idOf({ timestamp: 31 * DAY })).not.toBe(idOf({}))
  })

  it('differs by address, user agent, project and secret', () => {
    const ids = [
      idOf({}),
      idOf({ ip: '203.0.113.10' }),
      idOf({ userAgent: 'Mozilla/4.0' }),
      idOf({ projectId: 'q' }),
      visitorOfDay('t'.repeat(32), VISITOR),
    ]
    expect(new Set(ids).size).toBe(5)
  })
})

describe('an event of a visitor who keeps no id', () => {
  it('is the visitor’s of its day, told apart by address and browser', async () => {
    const marker = crypto.randomUUID()
    const from = (ip: string, agent: string, more: object = {}) =>
      capture({ marker, ...more }, { 'cf-connecting-ip': ip, 'user-agent': agent })
    await from('203.0.113.9', 'A')
    await from('203.0.113.9', 'A')
    await from('203.0.113.9', 'B')
    await from('203.0.113.10', 'A')
    // A server that sends for its visitors.
    await from('198.51.100.1', 'server', { $ip: '203.0.113.9', $raw_user_agent: 'A' })
    const ids = (await recordsWith(marker, 5)).map(({ distinct_id }) => distinct_id)
    for (const id of ids) expect(id).toMatch(/^cookieless_/)
    expect(new Set(ids).size).toBe(3)
    expect(ids.filter((id) => id === ids.toSorted(byCount(ids))[0])).toHaveLength(3)
  })

  it('is of whoever stands first before a proxy', async () => {
    const marker = crypto.randomUUID()
    await capture({ marker }, { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' })
    await capture({ marker }, { 'x-forwarded-for': '203.0.113.9, 198.51.100.8' })
    const [first, second] = await recordsWith(marker, 2)
    expect(first?.distinct_id).toBe(second?.distinct_id)
  })

  it('is somebody else’s on another day', async () => {
    const marker = crypto.randomUUID()
    const batch = [0, 2].map((days) => ({
      ...event({ marker }),
      timestamp: Date.now() - days * DAY,
    }))
    await send(batch)
    const records = await recordsWith(marker, 2)
    expect(new Set(records.map(({ distinct_id }) => distinct_id)).size).toBe(2)
  })

  it('keeps its address nowhere', async () => {
    const marker = crypto.randomUUID()
    await capture({ marker }, { 'cf-connecting-ip': '203.0.113.77' })
    const [record] = await recordsWith(marker, 1)
    expect(JSON.stringify(record)).not.toContain('203.0.113.77')
  })

  it('is one only if both the mode and the id say so', async () => {
    const marker = crypto.randomUUID()
    await send([
      { event: 'a', distinct_id: '$cookieless', properties: { marker } },
      { event: 'a', distinct_id: 'ann', properties: { marker, $cookieless_mode: true } },
    ])
    const ids = (await recordsWith(marker, 2)).map(({ distinct_id }) => distinct_id)
    expect(ids.toSorted()).toEqual(['$cookieless', 'ann'])
  })

  it('may be a picture without an id', async () => {
    const marker = crypto.randomUUID()
    const key = await writeKeyOf('default')
    const query = new URLSearchParams({ api_key: key, properties: JSON.stringify({ marker }) })
    expect((await request(`/pixel.gif?${query}`)).status).toBe(200)
    const [record] = await recordsWith(marker, 1)
    expect(record?.distinct_id).toMatch(/^cookieless_/)
  })
})

function event(properties: object): object {
  return {
    event: 'a',
    distinct_id: '$posthog_cookieless',
    properties: { ...properties, $cookieless_mode: true },
  }
}

async function capture(properties: object, headers: Record<string, string>): Promise<void> {
  const api_key = await writeKeyOf('default')
  const response = await post('/e', JSON.stringify({ api_key, ...event(properties) }), headers)
  expect(response.status).toBe(200)
}

/** Whoever made them: the records with a text in their properties. */
function recordsWith(marker: string, count: number) {
  return until(`${count} records with ${marker}`, async () => {
    const shards = ['test:0', 'test:1', 'test:2', 'test:3']
    const batches = (await Promise.all(shards.map((shard) => core.acknowledged(shard)))).flat()
    const records = batches
      .filter(({ body }) => body.includes(marker))
      .flatMap(({ body }) => recordsOf(body))
      .filter(({ properties }) => properties.marker === marker)
    return records.length >= count && records
  })
}

function byCount(ids: readonly string[]) {
  const count = (id: string) => ids.filter((one) => one === id).length
  return (a: string, b: string) => count(b) - count(a)
}

// Several query services keep their answers on one Redis, which may fail at any time.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { describeAnswerCache } from '../../core/query/answer-cache.contract.ts'
import { openRedisCache } from '../../core/query/redis-cache.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { type ClickHouseStore, openClickHouseStore } from '../../core/store/clickhouse.ts'
import { sampleRows } from '../../core/store/sample-row.ts'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'
import { freePorts } from './ports.ts'
import { BOUND_MS, connected, RETRY_MS, type Served, served } from './query-service.ts'
import { type RedisServer, startRedis } from './redis.ts'
import { type RedisClient, withRedis } from './redis-client.ts'

const SECRET = 's'.repeat(32)
/** An answer is kept after it was given: longest time until it is. */
const KEPT_MS = 10_000

let folder: string
let redis: RedisServer
let clickhouse: ClickHouseServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-answers-'))
  const place = (name: string) => ({ folder: join(folder, name) })
  redis = await startRedis(place('redis'))
  clickhouse = await startClickHouse(place('clickhouse'))
})
afterAll(async () => {
  await redis.stop()
  await clickhouse.stop()
  rmSync(folder, { recursive: true })
})

describeAnswerCache('redis', async () => {
  const cache = await connected(
    openRedisCache({ url: redis.url, secret: SECRET, logger: silentLogger }),
  )
  return { cache, close: () => cache.close() }
})

describe('query services that share a Redis', () => {
  const opened: { close(): Promise<void> }[] = []
  let store: ClickHouseStore
  let databases = 0
  let inserts = 0
  const insert = (count: number) =>
    store.insert('events', sampleRows(Array(count).fill({})), `insert ${inserts++}`)

  beforeEach(async () => {
    await command((client) => client.flushAll())
    store = openClickHouseStore({ url: clickhouse.url, database: `answers_${databases++}` })
    opened.push(store)
    await store.migrate()
    await insert(3)
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()))
  })

  /** A query service with a memory of its own, as each process has it. */
  async function serve(url = redis.url): Promise<Served> {
    const cache = openRedisCache({ url, secret: SECRET, logger: silentLogger })
    opened.push(cache)
    if (url === redis.url) await connected(cache)
    return served(store, cache)
  }

  it('ask the store once', async () => {
    const [one, other] = [await serve(), await serve()]
    expect(await one.total()).toEqual([3, false])
    await vi.waitFor(async () => expect(await keys()).toHaveLength(1), KEPT_MS)
    expect(await other.total()).toEqual([3, true])
    expect([one.asked(), other.asked()]).toEqual([1, 0])
    expect(await other.total()).toEqual([3, true])
    expect(await other.metric('headwater_query_cache_lookups_total')).toEqual({
      'level="memory",result="miss"': 1,
      'level="redis",result="hit"': 1,
      'level="memory",result="hit"': 1,
    })
  })

  it('know what was inserted since, each of them', async () => {
    const [one, other] = [await serve(), await serve()]
    for (let total = 3; total < 8; total++) {
      expect(await one.total()).toEqual([total, false])
      expect((await other.total())[0]).toBe(total)
      await insert(1)
    }
  })

  it('do not take a store that was made anew for the one before', async () => {
    const one = await serve()
    expect(await one.total()).toEqual([3, false])
    await vi.waitFor(async () => expect(await keys()).not.toEqual([]), KEPT_MS)
    await fetch(
      `${clickhouse.url}/?query=${encodeURIComponent(`DROP DATABASE answers_${databases - 1} SYNC`)}`,
      {
        method: 'POST',
      },
    )
    await store.migrate()
    await store.insert('events', sampleRows([{}, { event: 'other' }, {}]), 'anew')
    expect(await one.total()).toEqual([2, false])
  })

  it('put nothing into a key but the project and the role, and nothing into Redis for good', async () => {
    const one = await serve()
    await one.total({ filters: '[{"property":"email","operator":"is","value":"ann@example.com"}]' })
    const kept = await vi.waitFor(async () => {
      const found = await keys()
      expect(found).not.toEqual([])
      return found
    }, KEPT_MS)
    for (const key of kept) {
      expect(key).toMatch(/^headwater:answer:\d+:default:owner:[\w-]{43}$/)
      const ttl = await command((client) => client.ttl(key))
      expect(ttl > 3_000 && ttl <= 3_600).toBe(true)
    }
  })

  it('do not believe what was changed, swapped or written by others', async () => {
    const one = await serve()
    expect(await one.total()).toEqual([3, false])
    expect(await one.total({ event: 'never' })).toEqual([0, false])
    const [first = '', second = ''] = await vi.waitFor(async () => {
      const found = await keys()
      expect(found).toHaveLength(2)
      return found
    }, KEPT_MS)
    const spoil: ((client: RedisClient) => Promise<unknown>)[] = [
      (client) => client.rename(first, 'kept').then(() => client.rename(second, first)),
      (client) => client.rename('kept', second),
      (client) => client.setRange(first, 40, 'x').then(() => client.setRange(second, 3, 'x')),
      (client) => client.mSet({ [first]: '[{"n":"7"}]', [second]: 'x'.repeat(20_000_000) }),
      (client) => client.del([first, second]).then(() => client.lPush(first, 'a list')),
    ]
    for (const change of spoil) {
      await command(change)
      const fresh = await serve()
      expect([await fresh.total(), await fresh.total({ event: 'never' })]).toEqual([
        [3, expect.any(Boolean)],
        [0, expect.any(Boolean)],
      ])
      await vi.waitFor(async () => {
        expect(await (await serve()).total()).toEqual([3, true])
      }, KEPT_MS)
    }
  })

  it('answer while Redis is away from the start, and as soon', async () => {
    const [port] = await freePorts(1)
    const one = await serve(`redis://127.0.0.1:${port}`)
    expect(await one.timed()).toEqual([3, false])
    expect(await one.total()).toEqual([3, true])
  })

  it('answer while Redis is killed, and share again when it is back', async () => {
    const one = await serve()
    expect(await one.total()).toEqual([3, false])
    await redis.kill()
    await insert(1)
    expect(await one.timed()).toEqual([4, false])
    expect(await one.timed({ event: 'never' })).toEqual([0, false])
    await redis.start()
    await shareAgain(one)
  })

  it('wait for a Redis that hangs once, and share again when it goes on', async () => {
    const one = await serve()
    expect(await one.total()).toEqual([3, false])
    redis.signal('SIGSTOP')
    try {
      await insert(1)
      expect(await one.timed()).toEqual([4, false])
      const before = (await one.metric('headwater_query_cache_lookups_total'))[ERRORS] ?? 0
      const started = performance.now()
      for (let i = 0; i < 10; i++)
        expect(await one.total({ event: `never ${i}` })).toEqual([0, false])
      expect(performance.now() - started).toBeLessThan(BOUND_MS)
      const after = (await one.metric('headwater_query_cache_lookups_total'))[ERRORS] ?? 0
      expect(after - before).toBe(10)
      // While it still hangs when the connection is made anew.
      await sleep(5_000)
      expect(await one.timed({ event: 'still never' })).toEqual([0, false])
    } finally {
      redis.signal('SIGCONT')
    }
    await shareAgain(one)
  })

  it('start beside a Redis that hangs', async () => {
    redis.signal('SIGSTOP')
    const cache = openRedisCache({ url: redis.url, secret: SECRET, logger: silentLogger })
    opened.push(cache)
    try {
      expect(await served(store, cache).timed()).toEqual([3, false])
    } finally {
      redis.signal('SIGCONT')
    }
    await connected(cache)
  })

  it('are wrong never, however often Redis comes and goes', async () => {
    const [one, other] = [await serve(), await serve()]
    const ended = performance.now() + 10_000
    const chaos = (async () => {
      while (performance.now() < ended) {
        redis.signal('SIGSTOP')
        await sleep(300)
        redis.signal('SIGCONT')
        await sleep(2_500)
        await redis.kill()
        await redis.start()
      }
    })()
    let total = 3
    while (performance.now() < ended) {
      await insert(1)
      total++
      const answers = await Promise.all([one.total(), other.total(), one.total({ event: 'never' })])
      expect(answers.map(([number]) => number)).toEqual([total, total, 0])
    }
    await chaos
  })

  /** A new answer of one service is found by another. */
  async function shareAgain(one: Served): Promise<void> {
    await command((client) => client.flushAll())
    let question = { event: '' }
    await vi.waitFor(
      async () => {
        question = { event: `again ${inserts++}` }
        await one.total(question)
        await vi.waitFor(async () => expect(await keys()).not.toEqual([]), 300)
      },
      { timeout: RETRY_MS },
    )
    expect(await (await serve()).total(question)).toEqual([0, true])
  }
})

const ERRORS = 'level="redis",result="error"'

const command = <T>(work: (client: RedisClient) => Promise<T>) => withRedis(redis.url, work)
const keys = () => command((client) => client.keys('headwater:*'))

import { describe, expect, it } from 'vitest'
import { describeAnswerCache } from './answer-cache.contract.ts'
import type { AnswerCache } from './answer-cache.ts'
import { type AnswerFacts, answerKey } from './answer-key.ts'
import { CacheLevels } from './cache-levels.ts'
import { MemoryCache } from './memory-cache.ts'

describeAnswerCache('memory', async () => ({ cache: new MemoryCache() }))

describe('answers kept in memory', () => {
  it('forget the one that was not used for longest', async () => {
    const cache = new MemoryCache(6)
    for (const key of ['a', 'b', 'c']) await cache.set(key, [key])
    await cache.get('a')
    await cache.set('d', ['d'])
    const kept = await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key)))
    expect(kept).toEqual([['a'], undefined, ['c'], ['d']])
  })

  it('are none that is larger than all together may be', async () => {
    const cache = new MemoryCache(3)
    await cache.set('a', [1])
    await cache.set('large', [1, 2, 3])
    expect([await cache.get('a'), await cache.get('large')]).toEqual([[1], undefined])
  })
})

describe('the key of an answer', () => {
  const facts: AnswerFacts = {
    project: 'shop',
    role: 'owner',
    version: '7.1.0',
    question: 'trend {"email":"ann@example.com"}',
  }

  it('differs with everything that the answer depends on', () => {
    const all: AnswerFacts[] = [
      facts,
      { ...facts, project: 'eu.shop' },
      { ...facts, version: '8.2.0' },
      { ...facts, question: 'funnel' },
      { ...facts, role: 'reader' },
    ]
    const keys = all.map(answerKey)
    expect(new Set(keys).size).toBe(5)
    expect(answerKey({ ...facts })).toBe(keys[0])
  })

  it('is short, and tells nothing but the project and the role', () => {
    const question = facts.question.repeat(1_000)
    expect(answerKey({ ...facts, question })).toMatch(/^headwater:answer:\d+:shop:owner:[\w-]{43}$/)
  })
})

describe('levels of caches', () => {
  it('remember nearby what was kept far away', async () => {
    const { levels, near, far, counts } = twoLevels()
    await far.set('a', [1])
    expect(await levels.get('a')).toEqual([1])
    expect(await near.get('a')).toEqual([1])
    expect(await levels.get('a')).toEqual([1])
    expect(counts).toEqual(['memory miss', 'redis hit', 'memory hit'])
  })

  it('keep an answer everywhere', async () => {
    const { levels, near, far } = twoLevels()
    await levels.set('a', [1])
    expect([await near.get('a'), await far.get('a')]).toEqual([[1], [1]])
  })

  it('take a level that fails for one that knows nothing', async () => {
    const { levels, far, counts } = twoLevels()
    far.get = () => Promise.reject(new Error('away'))
    far.set = () => Promise.reject(new Error('away'))
    expect(await levels.get('a')).toBeUndefined()
    await levels.set('a', [1])
    expect(await levels.get('a')).toEqual([1])
    expect(counts).toEqual(['memory miss', 'redis error', 'redis failed', 'memory hit'])
  })

  it('do not make an answer wait for a far level', async () => {
    const { levels, far } = twoLevels()
    far.set = () => new Promise(() => {})
    await levels.set('a', [1])
    expect(await levels.get('a')).toEqual([1])
  })
})

function twoLevels() {
  const counts: string[] = []
  const near: AnswerCache = new MemoryCache()
  const memory = new MemoryCache()
  const far: AnswerCache = {
    level: 'redis',
    get: (key) => memory.get(key),
    set: (key, rows) => memory.set(key, rows),
  }
  const levels = new CacheLevels([near, far], {
    cacheAsked: (level, result) => counts.push(`${level} ${result}`),
    cacheFailed: (level) => counts.push(`${level} failed`),
  })
  return { levels, near, far, counts }
}

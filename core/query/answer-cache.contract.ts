import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnswerCache } from './answer-cache.ts'

export interface OpenedCache {
  cache: AnswerCache
  close?(): Promise<void>
}

/** Every cache passes; `open` gives one that is empty. */
export function describeAnswerCache(name: string, open: () => Promise<OpenedCache>): void {
  describe(`AnswerCache: ${name}`, () => {
    let opened: OpenedCache
    let cache: AnswerCache
    beforeAll(async () => {
      opened = await open()
      cache = opened.cache
    })
    afterAll(() => opened.close?.())

    it('gives back what was kept, as it was', async () => {
      const rows = [
        { n: '18446744073709551615', x: 1.5, none: null, text: 'ü\u0000\n😀' },
        { n: [] },
      ]
      await cache.set('as it was', rows)
      expect(await cache.get('as it was')).toEqual(rows)
    })

    it('tells an answer without rows from no answer', async () => {
      await cache.set('empty', [])
      expect(await cache.get('empty')).toEqual([])
      expect(await cache.get('never kept')).toBeUndefined()
    })

    it('keeps the last of two answers', async () => {
      await cache.set('twice', [1])
      await cache.set('twice', [2])
      expect(await cache.get('twice')).toEqual([2])
    })

    it('keeps answers apart', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => cache.set(`apart ${i}`, [i])))
      const kept = await Promise.all(Array.from({ length: 20 }, (_, i) => cache.get(`apart ${i}`)))
      expect(kept).toEqual(Array.from({ length: 20 }, (_, i) => [i]))
    })

    it('keeps an answer of many rows', async () => {
      const rows = Array.from({ length: 20_000 }, (_, i) => ({
        bucket: `2026-06-${i}`,
        n: String(i),
      }))
      await cache.set('many', rows)
      expect(await cache.get('many')).toEqual(rows)
    })

    it('leaves out what is too big, and goes on', async () => {
      await cache.set('too big', Array(600_000).fill({ value: 'x'.repeat(20) }))
      expect(await cache.get('too big')).toBeUndefined()
      await cache.set('small', [1])
      expect(await cache.get('small')).toEqual([1])
    })
  })
}

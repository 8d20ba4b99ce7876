import { describe, expect, it } from 'vitest'
import type { EventBuffer } from './buffer.ts'
import { noise } from './test/noise.ts'

export interface OpenBuffer {
  buffer: EventBuffer
  /** Two shards that nobody else uses. */
  shards: readonly [string, string]
  /** The held bytes of a shard as text, in the order of delivery, once there are this many bytes. */
  contents(shard: string, bytes: number): Promise<string>
}

/** What every buffer promises. `open` gives an empty one that holds at most 100,000 bytes a shard. */
export function describeEventBuffer(name: string, open: () => OpenBuffer): void {
  describe(`EventBuffer: ${name}`, () => {
    it('holds what it resolved for, in order and once', async () => {
      const { buffer, shards, contents } = open()
      for (const text of ['a1 ', 'b2 ', 'c3 ']) await buffer.append(shards[0], [text])
      expect(await contents(shards[0], 9)).toBe('a1 b2 c3 ')
    })

    it('keeps the frames of one append together and in order', async () => {
      const { buffer, shards, contents } = open()
      await Promise.all([
        buffer.append(shards[0], ['a1 ', 'a2 ']),
        buffer.append(shards[0], ['b1 ', 'b2 ']),
        buffer.append(shards[0], ['c1 ', 'c2 ']),
      ])
      const text = await contents(shards[0], 18)
      for (const pair of ['a1 a2 ', 'b1 b2 ', 'c1 c2 ']) expect(text).toContain(pair)
    })

    it('keeps shards apart', async () => {
      const { buffer, shards, contents } = open()
      await Promise.all([buffer.append(shards[0], ['a ']), buffer.append(shards[1], ['b '])])
      expect(await contents(shards[0], 2)).toBe('a ')
      expect(await contents(shards[1], 2)).toBe('b ')
    })

    it('refuses what would go over its limit, and holds none of it', async () => {
      const { buffer, shards, contents } = open()
      await expect(buffer.append(shards[0], [noise(150_000)])).rejects.toMatchObject({
        name: 'BufferError',
        code: 'backlog_full',
      })
      await buffer.append(shards[0], ['a '])
      expect(await contents(shards[0], 2)).toBe('a ')
    })
  })
}

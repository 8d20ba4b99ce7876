import { env } from 'cloudflare:workers'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeEventBuffer } from './buffer.contract.ts'
import { MAX_CHUNK_BYTES, packChunks, packFrames, shardFor } from './buffer.ts'
import { DurableBuffer } from './durable-buffer.ts'
import { MemoryBuffer } from './memory-buffer.ts'
import { core, until } from './test/core.ts'

describeEventBuffer('memory', () => {
  const buffer = new MemoryBuffer(100_000)
  return {
    buffer,
    shards: ['memory:0', 'memory:1'],
    contents: async (shard) =>
      (buffer.shards.get(shard) ?? []).map(({ body }) => gunzipSync(body).toString()).join(''),
  }
})

let shard = 5_000
describeEventBuffer('Durable Object', () => ({
  buffer: new DurableBuffer(env),
  shards: [`test:${shard++}`, `test:${shard++}`],
  contents: (name, bytes) =>
    until(`${bytes} bytes`, async () => {
      // One whose acknowledgement came too late comes again, under its number.
      const batches = new Map((await core.acknowledged(name)).map(({ seq, body }) => [seq, body]))
      const text = [...batches.values()].join('')
      return text.length >= bytes && text
    }),
}))

describe('the shard of a sender', () => {
  it('is always the same, within the number of shards', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.integer({ min: 1, max: 64 }),
        (project, id, shards) => {
          const shard = shardFor(project, id, shards)
          expect(shard).toBe(shardFor(project, id, shards))
          expect(shard >= 0 && shard < shards && Number.isInteger(shard)).toBe(true)
        },
      ),
    )
  })

  it('spreads senders evenly', () => {
    const counts = Array.from({ length: 8 }, () => 0)
    for (let i = 0; i < 8_000; i++) {
      const shard = shardFor('default', `person-${i}`, 8)
      counts[shard] = (counts[shard] ?? 0) + 1
    }
    for (const count of counts) expect(count).toBeGreaterThan(800)
  })
})

describe('packing', () => {
  it('keeps every frame whole, in order, and every chunk within a row', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700_000 }), { maxLength: 12 }), (sizes) => {
        const frames = sizes.map((size, i) => `${i}${'é'.repeat(size / 2)}\n`)
        const chunks = packChunks(packFrames(frames))
        for (const { body } of chunks) expect(body.length).toBeLessThanOrEqual(MAX_CHUNK_BYTES)
        expect(chunks.reduce((sum, { events }) => sum + events, 0)).toBe(frames.length)
        expect(chunks.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
          new TextEncoder().encode(frames.join('')).length,
        )
        const texts = chunks.map(({ body }) => gunzipSync(body).toString())
        expect(texts.join('') === frames.join('')).toBe(true)
        for (const text of texts) expect(text.endsWith('\n')).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})

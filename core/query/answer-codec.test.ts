import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AnswerCodec, MAX_VALUE_BYTES } from './answer-codec.ts'

const codec = new AnswerCodec('s'.repeat(32))
const SMALL = [{ bucket: '2026-06-17', n: '3' }]
const LARGE = Array.from({ length: 5_000 }, (_, i) => ({ bucket: `2026-06-${i}`, n: String(i) }))

async function encode(key: string, rows: unknown[]): Promise<Buffer> {
  const value = await codec.encode(key, rows)
  if (!value) throw new Error('too big')
  return value
}

describe('rows as bytes', () => {
  it.each([
    ['few', SMALL],
    ['many', LARGE],
    ['none', []],
  ])('come back as they were: %s', async (_name, rows) => {
    expect(await codec.decode('key', await encode('key', rows))).toEqual(rows)
  })

  it('are compressed when there are many', async () => {
    expect((await encode('key', LARGE)).length).toBeLessThan(JSON.stringify(LARGE).length / 4)
  })

  it('are too big when their bytes, or those of their JSON, are too many', async () => {
    const random = [randomBytes(MAX_VALUE_BYTES).toString('base64')]
    expect(await codec.encode('key', random)).toBeNull()
    expect(await codec.encode('key', ['x'.repeat(9 * 1024 * 1024)])).toBeNull()
  })

  it.each([
    ['few', SMALL],
    ['many', LARGE],
  ])('are not believed with any byte changed, or missing: %s', async (_name, rows) => {
    const value = await encode('key', rows)
    const places = [0, 31, 32, 33, value.length >> 1, value.length - 1]
    for (const place of places) {
      const changed = Buffer.from(value)
      changed[place] = (changed[place] ?? 0) ^ 1
      expect(await codec.decode('key', changed)).toBeUndefined()
      expect(await codec.decode('key', value.subarray(0, place))).toBeUndefined()
    }
  })

  it('are not believed under another key, or with another secret', async () => {
    const value = await encode('key', SMALL)
    expect(await codec.decode('other key', value)).toBeUndefined()
    expect(await new AnswerCodec('t'.repeat(32)).decode('key', value)).toBeUndefined()
  })

  it('are not what somebody else wrote', async () => {
    for (const text of ['', '[]', '[{"n":"1000000"}]', 'x'.repeat(2 * MAX_VALUE_BYTES)]) {
      expect(await codec.decode('key', Buffer.from(text))).toBeUndefined()
    }
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { batchHeaders, verifyBatch } from '../batch.ts'
import {
  decodeFrames,
  decodeRecord,
  type EventRecord,
  encodeFrame,
  partitionKey,
  RECORD_DEFAULTS,
} from '../record.ts'
import { toRowJson } from '../row.ts'
import { signWriteKey, verifyWriteKey } from '../write-key.ts'

const SECRET = 'a secret that is long enough for a test'

it('gives back every frame as it was, whatever the distinct_id holds', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a\tb', 'a\nb', '"', '\u2028', '\\'),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 6 }), (pairs) => {
      const records = pairs.map(
        ([distinct_id, value], i) =>
          ({
            project_id: 'p',
            distinct_id,
            uuid: `u-${i}`,
            properties: { value },
          }) as unknown as EventRecord,
      )
      const frames = decodeFrames(records.map(encodeFrame).join(''))
      expect(frames.map(({ key, uuid }) => [key, uuid])).toEqual(
        records.map((one) => [partitionKey('p', one.distinct_id), one.uuid]),
      )
      expect(frames.map(({ json }) => decodeRecord(json))).toEqual(
        records.map((one) => ({ ...RECORD_DEFAULTS, ...one })),
      )
    }),
  )
})

it.each(['no tabs', '"key"\tuuid only', 'key\tu\t{}', '5\tu\t{}', '"a"\tu\t{}\nbroken'])(
  'names the line of a batch that is not frames: %s',
  (batch) => {
    expect(() => decodeFrames(batch)).toThrow(/^invalid batch: .*line \d/)
  },
)

it('adds the place to a record without reading it', () => {
  const place = { log_id: 'l', log_partition: 1, log_offset: 2, shard: 's', seq: 3, idx: 4 }
  expect(JSON.parse(toRowJson('{"uuid":"u"}', place))).toEqual({ uuid: 'u', ...place })
  expect(() => toRowJson('[]', place)).toThrow('not a JSON object')
})

it('makes write keys that only their secret verifies', async () => {
  const key = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
  expect(key.length).toBeLessThanOrEqual(64)
  expect(await verifyWriteKey(SECRET, key)).toEqual({ project_id: 'default', epoch: 1 })
  expect(await verifyWriteKey(`${SECRET}!`, key)).toBeNull()
  for (const change of [
    `${key}\n`,
    key.toUpperCase(),
    key.replace('default', 'other'),
    key.replace('_1_', '_2_'),
    `${key}0`,
    '',
  ]) {
    expect(await verifyWriteKey(SECRET, change), change).toBeNull()
  }
})

it.each(['Upper', '1st', 'a'.repeat(21), '', 'a_b', 'a b'])(
  'makes no write key for project %j',
  async (project_id) => {
    await expect(signWriteKey(SECRET, { project_id, epoch: 1 })).rejects.toThrow(
      'invalid project id',
    )
  },
)

it('verifies a batch only as it was signed, and only for a while', async () => {
  const body = new TextEncoder().encode('frames')
  const id = { shard: 'local:0@0123456789abcdef', seq: 1 }
  const headers = await batchHeaders(SECRET, id, 1, body, 1_000_000)
  const header = (name: string) => headers[name]
  expect(await verifyBatch(SECRET, header, body, 1_000_000)).toEqual(id)
  expect(await verifyBatch(`${SECRET}!`, header, body, 1_000_000)).toBe('bad_signature')
  expect(await verifyBatch(SECRET, header, new TextEncoder().encode('framez'), 1_000_000)).toBe(
    'bad_signature',
  )
  expect(await verifyBatch(SECRET, header, body, 1_000_000 + 300_001)).toBe('expired')
  expect(await verifyBatch(SECRET, () => undefined, body, 1_000_000)).toBe('missing_header')
})

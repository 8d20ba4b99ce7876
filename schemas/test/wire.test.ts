import fc from 'fast-check'
import { expect, it } from 'vitest'
import { batchHeaders, verifyBatch } from '../batch.ts'
import type { JsonObject } from '../event.ts'
import { MAX_WRITE_KEY_LENGTH } from '../limits.ts'
import { pinnedId, regionOf } from '../project-id.ts'
import { decodeFrames, type EventRecord, encodeFrame, partitionKey } from '../record.ts'
import { decodeRecord, RECORD_DEFAULTS, recordJson } from '../record-json.ts'
import { toRowJson } from '../row.ts'
import { signWriteKey, verifyWriteKey } from '../write-key.ts'

const SECRET = 'a secret that is long enough for a test'

it('gives back every frame as it was, whatever its texts hold', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a\tb', 'a\nb', '"', '\u2028', '\\', 'é', '😀'),
  )
  const properties = fc.dictionary(
    text,
    fc.jsonValue({ depthSize: 'small' }),
  ) as fc.Arbitrary<JsonObject>
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, properties), { maxLength: 6 }), (facts) => {
      const records = facts.map(([distinct_id, city, properties], i) => ({
        ...RECORD_DEFAULTS,
        project_id: 'p',
        distinct_id,
        event: city,
        city,
        properties,
        person_set: properties,
        uuid: `u-${i}`,
        timestamp: i,
      }))
      const frames = decodeFrames(records.map((record) => encodeFrame(record)).join(''))
      expect(frames.map(({ key, uuid }) => [key, uuid])).toEqual(
        records.map((one) => [partitionKey('p', one.distinct_id), one.uuid]),
      )
      expect(frames.map(({ json }) => decodeRecord(json))).toEqual(
        records.map((one) => JSON.parse(JSON.stringify(one))),
      )
    }),
  )
})

it('writes every field of a record that is not its default', () => {
  const record = Object.fromEntries(
    Object.entries(RECORD_DEFAULTS).map(([name, value], i) => [name, unlike(value, i + 1)]),
  )
  expect(JSON.parse(recordJson(record as unknown as EventRecord))).toEqual(record)
})

it('does not repeat a property whose value a column holds unchanged', () => {
  const properties = {
    $lib: 'web',
    $sequence: 7,
    $current_url: 'longer',
    utm_source: '',
    plan: 'x',
  }
  const record = { ...RECORD_DEFAULTS, properties, lib: 'web', sequence: 7, current_url: 'long' }
  expect(decodeRecord(recordJson(record)).properties).toEqual({
    $current_url: 'longer',
    utm_source: '',
    plan: 'x',
  })
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

it.each(['default', 'a'.repeat(20), 'eu.shop', 'ap-south-1.shop-2', 'eu.a'])(
  'fits the project %s and the highest epoch into a write key',
  async (project_id) => {
    const key = await signWriteKey(SECRET, { project_id, epoch: 999_999 })
    expect(key.length).toBeLessThanOrEqual(MAX_WRITE_KEY_LENGTH)
    expect(await verifyWriteKey(SECRET, key)).toEqual({ project_id, epoch: 999_999 })
  },
)

it('reads the region of a project from its id, and from nothing that looks like one', () => {
  expect(regionOf(pinnedId('eu', 'shop'))).toBe('eu')
  for (const id of ['default', 'eu-shop', 'eu', 'eu--shop']) expect(regionOf(id)).toBeNull()
})

it.each([
  ...['Upper', '1st', 'a'.repeat(21), '', 'a_b', 'a b'],
  ...['eu.', '.shop', 'eu.shop.x', 'eu.1', 'EU.shop', 'eleven-long.a', 'ap-south-1.much-too-long'],
])('makes no write key for project %j', async (project_id) => {
  await expect(signWriteKey(SECRET, { project_id, epoch: 1 })).rejects.toThrow('invalid project id')
})

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

function unlike(value: unknown, n: number): unknown {
  if (typeof value === 'object') return { [`property ${n}`]: n }
  if (typeof value === 'boolean') return !value
  return typeof value === 'number' ? n : `text ${n}`
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVENT_VERSION, parseEvent, parseEvents } from '../event.ts'
import { acceptedCases, droppedCases, hostileCases } from './fixtures.ts'

const schemaText = readFileSync(new URL('../event.schema.json', import.meta.url), 'utf8')
const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(schemaText))

/** Limits of the server, which a JSON Schema does not state. */
const BEYOND_SHAPE = new Set(['too_deep', 'too_many_keys', 'event_too_big'])

describe('accepted fixtures', () => {
  it.each(acceptedCases().map((one) => [one.name, one] as const))(
    'accepts %s',
    (_, { event, accepted }) => {
      expect(validate(event), JSON.stringify(validate.errors)).toBe(true)
      expect(parseEvent(structuredClone(event))).toMatchObject(accepted)
    },
  )
})

describe('dropped fixtures', () => {
  it.each(droppedCases().map((one) => [one.name, one] as const))(
    'drops %s',
    (_, { event, reason }) => {
      expect(parseEvent(structuredClone(event))).toBe(reason)
      // The schema counts characters where the contract counts UTF-16 units.
      if (!BEYOND_SHAPE.has(reason) && !JSON.stringify(event).includes('🚀')) {
        expect(validate(event)).toBe(false)
      }
    },
  )
})

describe('hostile fixtures', () => {
  it.each(hostileCases().map((one) => [one.name, one] as const))('judges %s', (_, hostile) => {
    const text = hostile.text ?? Buffer.from(hostile.base64 ?? '', 'base64').toString('utf8')
    const result = parseEvent(JSON.parse(text))
    if (hostile.verdict !== 'accepted') return expect(result).toBe(hostile.verdict)
    expect(typeof result).toBe('object')
    const stored = JSON.stringify(result)
    expect(stored.isWellFormed()).toBe(true)
    expect(JSON.parse(stored)).toEqual(result)
  })
})

it('has fixtures enough to be a contract', () => {
  expect(acceptedCases().length).toBeGreaterThanOrEqual(40)
  expect(droppedCases().length).toBeGreaterThanOrEqual(40)
  expect(hostileCases().length).toBeGreaterThanOrEqual(14)
})

it('keeps the good events of a request when others are dropped', () => {
  const good = { event: 'signup', distinct_id: 'ann' }
  const { accepted, dropped } = parseEvents([good, { event: '' }, good, 7])
  expect(accepted.map(({ index }) => index)).toEqual([0, 2])
  expect(dropped.map(({ index, reason }) => [index, reason])).toEqual([
    [1, 'missing_event'],
    [3, 'not_an_object'],
  ])
  for (const { message } of dropped) expect(message.length).toBeGreaterThan(10)
})

it('never throws and never pollutes a prototype, whatever JSON it is given', () => {
  const before = Object.getOwnPropertyNames(Object.prototype).join()
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (items) => {
      const { accepted, dropped } = parseEvents(JSON.parse(JSON.stringify(items)))
      return accepted.length + dropped.length === items.length
    }),
    { numRuns: 1_000 },
  )
  const polluted = '{"event":"e","distinct_id":"d","properties":{"__proto__":{"x":1}}}'
  const result = parseEvent(JSON.parse(polluted))
  expect(({} as Record<string, unknown>).x).toBeUndefined()
  expect(JSON.stringify(result)).toContain('"__proto__":{"x":1}')
  expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before)
})

it('judges five million array elements and a million levels in bounded time', () => {
  const wide = { event: 'e', distinct_id: 'd', properties: { a: new Array(5_000_000).fill(1) } }
  expect(typeof parseEvent(wide)).toBe('object')
  const deep = JSON.parse(
    `{"event":"e","distinct_id":"d","properties":${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}}`,
  )
  expect(parseEvent(deep)).toBe('too_deep')
})

it('changes EVENT_VERSION whenever the event schema changes', () => {
  const canonical = JSON.stringify(JSON.parse(schemaText))
  const hash = createHash('sha256').update(canonical).digest('hex').slice(0, 16)
  expect([EVENT_VERSION, hash]).toEqual([1, '4b8b319dcf361f97'])
})

import { describe, expect, it } from 'vitest'
import { record } from '../consumer/test-consumer.ts'
import { correctRecord, madeUuid, readFacts, uuidOf } from './dead-letter-record.ts'
import type { QueryRefusal } from './errors.ts'

const { value: GOOD, uuid: UUID } = record(0)
const RULES = { project: 'default', uuid: { fixed: UUID }, nowMs: Date.now() }

function change(fields: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(GOOD), ...fields })
}

describe('a corrected record', () => {
  it.each([
    ['{', 'record'],
    ['[]', 'record'],
    ['7', 'record'],
    [JSON.stringify('x'.repeat(1_100_000)), 'record'],
    [change({ project_id: 'other' }), 'record.project_id'],
    [change({ project_id: undefined }), 'record.project_id'],
    [change({ uuid: '00000000-0000-4000-8000-000000000001' }), 'record.uuid'],
    [change({ uuid: 'x' }), 'record.uuid'],
    [change({ uuid: 7 }), 'record.uuid'],
    [change({ event: '' }), 'record.event'],
    [change({ event: 'x'.repeat(201) }), 'record.event'],
    [change({ distinct_id: undefined }), 'record.distinct_id'],
    [change({ timestamp: '2026-01-01' }), 'record.timestamp'],
    [change({ timestamp: 1 }), 'record.timestamp'],
    [change({ timestamp: Date.now() + 1e9 }), 'record.timestamp'],
    [change({ received_at: undefined }), 'record.received_at'],
    [change({ properties: [] }), 'record.properties'],
    [change({ is_bot: 'no' }), 'record.is_bot'],
    [change({ colour: 'red' }), 'record.colour'],
    [change({ log_offset: 1 }), 'record.log_offset'],
    [change({ constructor: 'x' }), 'record.constructor'],
  ])('is refused for the field at fault: %.60s', (text, field) => {
    const fieldOf = () => {
      try {
        correctRecord(text, RULES)
        return null
      } catch (error) {
        return (error as QueryRefusal).field
      }
    }
    expect(fieldOf()).toBe(field)
  })

  it('may choose the uuid of a letter that has none', () => {
    const uuid = { fallback: madeUuid('3f9a2c1b-0-17') }
    expect(correctRecord(GOOD, { ...RULES, uuid }).uuid).toBe(UUID)
    expect(correctRecord(change({ uuid: undefined }), { ...RULES, uuid }).uuid).toBe(uuid.fallback)
  })

  it('may name any project when the operator sends it', () => {
    const text = change({ project_id: 'other' })
    expect(correctRecord(text, { ...RULES, project: null }).project).toBe('other')
    for (const project_id of ['', undefined, 'No Such']) {
      const nameless = () => correctRecord(change({ project_id }), { ...RULES, project: null })
      expect(nameless).toThrow('record.project_id')
    }
  })
})

describe('what can be read of a record', () => {
  const named = (text: string) => readFacts(text).event

  it.each([
    [GOOD, 'e'],
    ['{"event":"cut off","properties":{"a', 'cut off'],
    ['{"event":"a \\"b\\" \\u00e9","n":', 'a "b" é'],
    ['{"event": "spaced" ', 'spaced'],
    ['{"properties":{"event":"inner"}}', null],
    ['{"event":7}', null],
    ['{"event":""}', null],
    ['{"event":"cu', null],
    ['nonsense', null],
    ['[]', null],
    ['', null],
  ])('of %s is %s', (text, event) => {
    expect(named(text)).toBe(event)
  })

  it('has the uuid of the record before that of the log', () => {
    const [inner, outer] = [UUID.replace(/0$/, 'A'), UUID.replace(/0$/, 'b')]
    expect(uuidOf({ record: `{"uuid":"${inner}"}`, uuid: outer })).toBe(inner.toLowerCase())
    expect(uuidOf({ record: 'nonsense', uuid: outer })).toBe(outer)
    expect(uuidOf({ record: '{"uuid":"x"}', uuid: 'no uuid 7' })).toBe(null)
  })

  it('is completed by a uuid that is always the same', () => {
    const made = madeUuid('3f9a2c1b-0-17')
    expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(madeUuid('3f9a2c1b-0-17')).toBe(made)
    expect(madeUuid('3f9a2c1b-0-18')).not.toBe(made)
  })
})

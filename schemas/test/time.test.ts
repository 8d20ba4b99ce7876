import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseTime, resolveTime } from '../time.ts'

const NOW = Date.UTC(2026, 10, 23, 12)
const DAY = 86_400_000
const at = (timestamp: string | number | null, sentAt: number | null = NOW) =>
  resolveTime({ timestamp, sentAt, receivedAt: NOW })

it.each([
  ['2026-11-23T10:00:00Z', Date.UTC(2026, 10, 23, 10)],
  ['2026-11-23T10:00:00', Date.UTC(2026, 10, 23, 10)],
  ['2026-11-23 10:00:00.250', Date.UTC(2026, 10, 23, 10, 0, 0, 250)],
  ['2026-11-23T10:00:00+05:45', Date.UTC(2026, 10, 23, 4, 15)],
  ['2026-11-23T10:00:00+03', Date.UTC(2026, 10, 23, 7)],
  ['2026-11-23', Date.UTC(2026, 10, 23)],
  ['1763892000000', 1_763_892_000_000],
  [1_763_892_000_000.9, 1_763_892_000_000],
])('reads %s', (text, expected) => {
  expect(parseTime(text)).toBe(expected)
})

it.each(['yesterday', '', 'NaN', Number.NaN, Number.POSITIVE_INFINITY, '2026-13-01T00:00:00Z'])(
  'cannot read %s',
  (value) => {
    expect(parseTime(value)).toBeNull()
  },
)

it('takes the time as sent when the clocks agree, also when delivery took long', () => {
  expect(at('2026-11-23T10:00:00Z')).toEqual({ timestamp: Date.UTC(2026, 10, 23, 10), note: '' })
  expect(at('2026-11-01T10:00:00Z').note).toBe('')
  expect(at(NOW - 1_000, NOW - 4 * 60_000)).toEqual({ timestamp: NOW - 1_000, note: '' })
})

it('corrects a clock that sent_at proves wrong, by whole minutes', () => {
  expect(at(NOW + 2 * DAY - 5_000, NOW + 2 * DAY)).toEqual({ timestamp: NOW - 5_000, note: 'skew' })
  expect(at(NOW - 3 * DAY - 5_000, NOW - 3 * DAY)).toEqual({ timestamp: NOW - 5_000, note: 'skew' })
})

it('says what it clamped', () => {
  expect(at(null)).toEqual({ timestamp: NOW, note: 'missing' })
  expect(at('yesterday')).toEqual({ timestamp: NOW, note: 'invalid' })
  expect(at(NOW + DAY + 1)).toEqual({ timestamp: NOW, note: 'future' })
  expect(at(NOW + DAY).note).toBe('')
  expect(at(Date.UTC(1999, 11, 31))).toEqual({ timestamp: NOW, note: 'past' })
})

it('takes an offset from receipt before a timestamp', () => {
  expect(
    resolveTime({ timestamp: '2026-01-01', offset: 1_500, sentAt: null, receivedAt: NOW }),
  ).toEqual({
    timestamp: NOW - 1_500,
    note: '',
  })
})

it('counts an offset from the sending when the clocks agree, so that a retry has the same time', () => {
  const timeOf = (sentAt: number) =>
    resolveTime({ timestamp: null, offset: 1_500, sentAt, receivedAt: NOW }).timestamp
  expect(timeOf(NOW - 4 * 60_000)).toBe(NOW - 4 * 60_000 - 1_500)
  expect(timeOf(NOW - 3 * DAY)).toBe(NOW - 1_500)
})

it('always gives a time that the store can hold', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double(), fc.string(), fc.date().map(String)),
      fc.oneof(fc.constant(null), fc.integer()),
      (timestamp, sentAt) => {
        const { timestamp: ms } = resolveTime({ timestamp, sentAt, receivedAt: NOW })
        return Number.isInteger(ms) && ms >= Date.UTC(2000, 0, 1) && ms <= NOW + DAY
      },
    ),
  )
})

import { describe, expect, it } from 'vitest'
import { placeAnnotations } from './annotations.ts'

const at = (time: string) => ({ id: `note ${time}`, text: 'x', time })

describe('annotations on a chart', () => {
  const chart = {
    buckets: ['2026-03-28', '2026-03-29'].map((day) => `${day}T00:00:00+01:00`),
    interval: 'day' as const,
  }

  it('stand where the clock of the chart showed their time, numbered from the earliest', () => {
    const placed = placeAnnotations(
      [at('2026-03-29T10:00:00Z'), at('2026-03-28T10:00:00Z')],
      chart,
      'Europe/Berlin',
    )
    expect(placed.map((one) => [one.number, one.at.toISOString()])).toEqual([
      [1, '2026-03-28T11:00:00.000Z'],
      [2, '2026-03-29T12:00:00.000Z'],
    ])
  })

  it('are left out before the first bucket begins and after the last one ends', () => {
    const times = ['2026-03-27T22:59:59Z', '2026-03-27T23:00:00Z', '2026-03-29T21:59:59Z']
    const placed = placeAnnotations(
      [...times, '2026-03-29T22:00:00Z'].map(at),
      chart,
      'Europe/Berlin',
    )
    expect(placed.map(({ id }) => id)).toEqual([`note ${times[1]}`, `note ${times[2]}`])
    expect(placeAnnotations(times.map(at), { ...chart, buckets: [] }, 'UTC')).toEqual([])
  })
})

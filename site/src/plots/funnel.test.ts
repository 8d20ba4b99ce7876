import type { FunnelResult } from '@headwater/schemas/insight'
import { describe, expect, it } from 'vitest'
import { funnelPieces, funnelPlot, MAX_DRAWN_GROUPS } from './funnel.ts'

type Group = FunnelResult['groups'][number]

function groupOf(value: string | null, counts: [number, number, number][]): Group {
  const entered = counts[0]?.[0] ?? 0
  return {
    breakdown: value === null ? null : { kind: 'value', value },
    steps: counts.map(([count, dropped, open], i) => ({
      event: `step_${i + 1}`,
      count,
      rate_from_first: entered === 0 ? null : count / entered,
      rate_from_previous: null,
      dropped,
      open,
      mean_seconds: null,
      median_seconds: null,
    })),
  }
}

const resultOf = (...groups: Group[]): FunnelResult => ({
  groups,
  complete_until: null,
  duration_ms: 1,
  from_cache: false,
  time_zone: 'UTC',
  week_start: 'monday',
  exclude_internal: false,
})

describe('a funnel as a picture', () => {
  const result = resultOf(
    groupOf(null, [
      [100, 30, 10],
      [60, 35, 0],
      [25, 0, 0],
    ]),
  )

  it('makes each bar as high as the step before: converted, open, dropped', () => {
    const pieces = funnelPieces(result).map(({ step, part, persons, share_from, share_to }) => [
      step,
      part,
      persons,
      share_from,
      Number(share_to.toFixed(6)),
    ])
    expect(pieces).toEqual([
      ['0', 'converted', 100, 0, 1],
      ['1', 'converted', 60, 0, 0.6],
      ['1', 'open', 10, 0.6, 0.7],
      ['1', 'dropped', 30, 0.7, 1],
      ['2', 'converted', 25, 0, 0.25],
      ['2', 'dropped', 35, 0.25, 0.6],
    ])
  })

  it('measures every group against its own first step', () => {
    const groups = [
      groupOf('DE', [
        [10, 5, 0],
        [5, 0, 0],
      ]),
      groupOf('FR', [
        [4, 1, 0],
        [3, 0, 0],
      ]),
    ]
    const shares = funnelPieces(resultOf(...groups), '$country')
      .filter(({ step, part }) => step === '1' && part === 'converted')
      .map(({ group_name, share_to }) => [group_name, share_to])
    expect(shares).toEqual([
      ['Germany', 0.5],
      ['France', 0.75],
    ])
  })

  it('draws nothing, and divides by nothing, when nobody entered', () => {
    expect(
      funnelPieces(
        resultOf(
          groupOf(null, [
            [0, 0, 0],
            [0, 0, 0],
          ]),
        ),
      ),
    ).toEqual([])
  })

  it('draws a few groups and leaves the others to the table', () => {
    const many = Array.from({ length: 9 }, (_, i) =>
      groupOf(`g${i}`, [
        [2, 1, 0],
        [1, 0, 0],
      ]),
    )
    const plot = funnelPlot(resultOf(...many), { width: 600 })
    expect(plot.color?.domain).toHaveLength(MAX_DRAWN_GROUPS)
  })

  it('grows wider than its place rather than squeeze many steps', () => {
    const steps = Array.from({ length: 20 }, (): [number, number, number] => [1, 0, 0])
    const long = resultOf(groupOf(null, steps))
    expect(funnelPlot(long, { width: 400 }).width).toBeGreaterThan(1_500)
    expect(funnelPlot(result, { width: 400 }).width).toBe(400)
  })
})

import type { FunnelCorrelationResult } from '@headwater/schemas/insights/funnel-correlation'
import { expect, it } from 'vitest'
import {
  correlationHeight,
  correlationName,
  correlationPlot,
  formatOdds,
  rowsWithin,
} from './funnel-correlation.ts'

const browser = (value: string, odds_ratio: number) => ({
  ...{ event: null, property: { property: '$browser' }, value },
  ...{ converted: 4, dropped: 1, odds_ratio },
})
const result: FunnelCorrelationResult = {
  kind: 'funnel_correlation',
  converted: 10,
  dropped: 20,
  correlations: [browser('Chrome', 8), browser('Safari', 0.25), browser('Firefox', 1.5)],
  ...{ complete_until: null, duration_ms: 1, from_cache: false },
  ...{ time_zone: 'UTC', week_start: 'monday', exclude_internal: false },
}

it('draws as far to the right what is as strong as to the left', () => {
  expect(correlationPlot(result, { width: 600 })).toMatchObject({
    x: { type: 'log', domain: [1 / 8, 8] },
    y: { domain: [0, 1, 2] },
    height: correlationHeight(3),
  })
})

it('draws as many as there is room for, the strongest of them', () => {
  const height = correlationHeight(2)
  expect(rowsWithin(height)).toBe(2)
  expect(correlationPlot(result, { width: 600, rows: 2 })).toMatchObject({
    height,
    y: { domain: [0, 1] },
  })
  expect(rowsWithin(0)).toBe(1)
})

it('names properties in words, and odds by what tells them apart', () => {
  const [chrome] = result.correlations
  expect(chrome && correlationName(chrome)).toBe('Browser: Chrome')
  expect([0.012_34, 3, 12.345].map(formatOdds)).toEqual(['0.0123 ×', '3 ×', '12.3 ×'])
})

import type { TrendsResult } from '@headwater/schemas/insights/trends'
import type { AskedOf } from '../lib/insight-address.ts'
import { type DrawnLines, drawnLines } from './lines.ts'

/** The answer to a `trends` insight as lines. */
export const drawnTrend = (query: AskedOf<'trends'>, result: TrendsResult): DrawnLines =>
  drawnLines(result, {
    interval: query.interval,
    formulas: query.formulas,
    breakdowns: query.breakdowns,
    series: query.series.map(({ event, measure, measure_property }) => ({
      event,
      measure,
      measure_property: measure_property?.property,
    })),
  })

import type { Breakdown } from '@headwater/schemas/insights/property'
import { MAX_BREAKDOWN_LENGTH } from '../lines.ts'
import { propertyText } from '../property.ts'
import type { Statement } from '../statement.ts'
import { seriesSql } from './amounts.ts'
import type { TrendsPlan } from './plan.ts'
import { readRange } from './rolling.ts'
import { eventScope, NO_SPLIT, type Slice, type Split, seriesCondition } from './slice.ts'

/** How a question's breakdowns tell lines apart, in one statement. */
export interface BreakdownSql {
  /** WITH clause of the values that lines have by themselves. */
  top: string
  split: Split
  /** SQL of a line's values, one text per breakdown, from the split's columns. */
  values: string
}

export type SliceOf = (series: number, period: number, split: Split) => Slice

/**
 * The same values are lines of every series: those with the largest total of the first series in the
 * range that was asked for, then of the second, and so on, then in the order of their texts.
 */
export function breakdownSql(
  plan: TrendsPlan,
  statement: Statement,
  sliceOf: SliceOf,
): BreakdownSql {
  const { breakdowns } = plan.query
  const texts = breakdowns.map((breakdown, place) =>
    breakdown.bins === undefined
      ? textOf(breakdown, place, statement)
      : binOf(breakdown.bins, breakdown, place, statement),
  )
  const only = texts.length === 1
  // One text stands for itself: it is grouped faster than a tuple of one.
  const label = only ? `${texts[0]}` : `(${texts.join(', ')})`
  const none = only ? `''` : `(${texts.map(() => `''`).join(', ')})`
  const labels: Split = { columns: [`${label} AS label`], keys: ['label'] }
  const totals = plan.query.series.map((_, series) => {
    const ranks = plan.query.series.map(
      (_, at) => `${at === series ? 'amount' : 'NULL'} AS rank${at}`,
    )
    return `SELECT label, ${ranks.join(', ')} FROM (${seriesSql(sliceOf(series, 0, labels))})`
  })
  const order = plan.query.series.map((_, at) => `max(rank${at}) DESC NULLS LAST`)
  const top = `(SELECT groupArray(label) FROM (
      SELECT label FROM (${totals.join('\n      UNION ALL ')})
      WHERE label != ${none}
      GROUP BY label
      ORDER BY ${[...order, 'label ASC'].join(', ')}
      LIMIT ${statement.add('UInt32', plan.limit)})) AS top`
  const bins = breakdowns.flatMap(({ bins }, place) =>
    bins === undefined ? [] : [edgesOf(plan, place, statement, sliceOf)],
  )
  return {
    top: `WITH ${[...bins, top].join(',\n    ')}`,
    split: {
      columns: [
        ...labels.columns,
        `multiIf(label = ${none}, 'none', label IN (SELECT arrayJoin(top)), 'value', 'other') AS kind`,
        `if(kind = 'value', label, ${none}) AS value`,
      ],
      keys: ['kind', 'value'],
    },
    values: only ? '[value]' : `[${texts.map((_, at) => `value.${at + 1}`).join(', ')}]`,
  }
}

const textOf = (breakdown: Breakdown, place: number, statement: Statement): string =>
  `leftUTF8(${propertyText(breakdown, statement, `breakdowns.${place}.property`)}, ${MAX_BREAKDOWN_LENGTH})`

/** SQL of a property's number, null when it is none. */
const finite = (breakdown: Breakdown, place: number, statement: Statement): string => {
  const text = propertyText(breakdown, statement, `breakdowns.${place}.property`)
  return `toFloat64OrNull(${text})`
}

/** Equal ranges from the smallest number to the largest, of all events that are read. */
function edgesOf(plan: TrendsPlan, place: number, statement: Statement, sliceOf: SliceOf): string {
  const breakdown = plan.query.breakdowns[place]
  if (!breakdown) return ''
  const events = plan.periods.flatMap((_, period) =>
    plan.query.series.map((_, series) => {
      const slice = sliceOf(series, period, NO_SPLIT)
      return `(${eventScope(slice, readRange(slice))} AND ${seriesCondition(slice)})`
    }),
  )
  return `(SELECT (min(number), max(number)) FROM (
      SELECT ${finite(breakdown, place, statement)} AS number
      FROM events
      WHERE (${events.join(' OR ')}) AND isFinite(number))) AS edges${place}`
}

/** SQL of the range that holds a property's number; each but the last ends before the next begins. */
function binOf(bins: number, breakdown: Breakdown, place: number, statement: Statement): string {
  const [low, high] = [`edges${place}.1`, `edges${place}.2`]
  const width = `((${high} - ${low}) / ${bins})`
  const number = finite(breakdown, place, statement)
  const at = `toUInt8(least(greatest(floor((number - ${low}) / ${width}), 0), ${bins - 1}))`
  const names = `arrayMap(at -> concat('[', toString(${low} + at * ${width}), ', ',
        if(at = ${bins - 1}, concat(toString(${high}), ']'), concat(toString(${low} + (at + 1) * ${width}), ')'))),
        range(${bins}))`
  const one = `concat('[', toString(${low}), ', ', toString(${high}), ']')`
  return `ifNull(arrayMap(number -> if(isFinite(number), if(${high} > ${low}, ${names}[${at} + 1], ${one}), ''), [${number}])[1], '')`
}

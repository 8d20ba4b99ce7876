import {
  type StickinessQuery,
  type StickinessResult,
  StickinessSelection,
} from '@headwater/schemas/insights/stickiness'
import type { Query } from '../../store/store.ts'
import { limitedStarts } from '../buckets.ts'
import { onLine, selectedLine, takeCohorts } from '../cohort/lines.ts'
import { questionRange } from '../date-range.ts'
import type { ActorsSql, Answer, Insight, Moment } from '../insight.ts'
import { Statement } from '../statement.ts'
import { checkedBreakdown } from '../trends/actors.ts'
import { hasValues, lineSplit, NONE_LINE, OTHER_LINE, separateSplit } from '../trends/breakdown.ts'
import { shownLines } from '../trends/shape.ts'
import { NO_SPLIT } from '../trends/slice.ts'
import { activeActors, type StickinessPlan } from './active-sql.ts'

/** How many actors were active in so many intervals. */
interface StickinessRow {
  /** Without breakdowns there is none. */
  line?: string
  active: string
  actors: string
}

interface TopRow {
  labels: string[]
}

export const stickiness: Insight<
  StickinessQuery,
  StickinessPlan,
  StickinessResult,
  StickinessSelection
> = {
  plan(asked: StickinessQuery, moment: Moment): StickinessPlan {
    const { query, cohorts } = takeCohorts(asked)
    const { from, to } = questionRange(query, moment, query.interval)
    const starts = limitedStarts(query, from, to)
    return { query, cohorts, from: starts[0] ?? from, to, starts, bins: null, top: null }
  },

  unknowns: (plan) =>
    plan.query.breakdowns.length > 0 && plan.top === null ? [compileTop(plan)] : [],

  learn: (plan, [rows = []]) => ({ ...plan, top: (rows as TopRow[]).map(({ labels }) => labels) }),

  compile: (plan) => plan.query.series.map((_, place) => compileSeries(plan, place)),

  shape(plan, answers): Answer<StickinessResult> {
    const { query, starts } = plan
    const rows = answers as StickinessRow[][]
    const lines = shownLines(plan, new Set(rows.flatMap((some) => some.map(lineOf))))
    const series = query.series.flatMap(({ event }, place) =>
      lines.map(({ line, breakdown }) => {
        const counts = starts.map(() => 0)
        for (const row of rows[place] ?? []) {
          if (lineOf(row) === line) counts[Number(row.active) - 1] = Number(row.actors)
        }
        return {
          ...{ series: place, event, breakdown },
          counts: query.cumulative ? sumsFromEnd(counts) : counts,
        }
      }),
    )
    return { intervals: starts.length, series }
  },

  selection: StickinessSelection,

  actors(plan, selection): ActorsSql {
    if (plan.cohorts) {
      const query = onLine(plan.query, selectedLine(plan.cohorts, selection.breakdown))
      return actorsOfLine({ ...plan, query, cohorts: null }, { ...selection, breakdown: null })
    }
    return actorsOfLine(plan, selection)
  },
}

const lineOf = ({ line = String(OTHER_LINE) }: StickinessRow): number => Number(line)

function compileSeries(plan: StickinessPlan, place: number): Query {
  const statement = new Statement(plan.query.project)
  const split = lineSplit(plan, statement)
  const keys = [...split.keys, 'active'].join(', ')
  return statement.query(`SELECT ${keys}, count() AS actors
  FROM (${activeActors(plan, place, split, statement)})
  WHERE active > 0
  GROUP BY ${keys}`)
}

/** The values with the most actors of the first series, then of the second, and so on, then in the order of their texts. */
function compileTop(plan: StickinessPlan): Query {
  const { series, breakdown_limit } = plan.query
  const statement = new Statement(plan.query.project)
  const split = separateSplit(plan, statement)
  const totals = series.map((_, place) => {
    const ranks = series.map(
      (_, at) => `${at === place ? 'countIf(active > 0)' : '0'} AS rank${at}`,
    )
    return `SELECT [${split.keys.join(', ')}] AS labels, ${ranks.join(', ')}
  FROM (${activeActors(plan, place, split, statement)})
  GROUP BY labels`
  })
  const order = series.map((_, at) => `sum(rank${at}) DESC`)
  return statement.query(`SELECT labels
  FROM (${totals.join('\n  UNION ALL ')})
  WHERE arrayExists(text -> text != '', labels)
  GROUP BY labels
  ORDER BY ${[...order, 'labels ASC'].join(', ')}
  LIMIT ${statement.add('UInt32', breakdown_limit)}`)
}

function actorsOfLine(plan: StickinessPlan, selection: StickinessSelection): ActorsSql {
  const statement = new Statement(plan.query.project)
  const { split, condition } = chosenLine(plan, selection, statement)
  const rows = activeActors(plan, selection.series, split, statement)
  const enough = `active ${plan.query.cumulative ? '>=' : '='} ${statement.add('Int64', selection.intervals)}`
  return { statement, text: `SELECT actor FROM (${rows}) WHERE ${enough} AND ${condition}` }
}

/** What tells the line from the others, and SQL that holds for its rows. */
function chosenLine(plan: StickinessPlan, selection: StickinessSelection, statement: Statement) {
  const breakdown = checkedBreakdown(plan, selection)
  if (!breakdown) return { split: NO_SPLIT, condition: '1' }
  const { columns } = lineSplit(plan, statement)
  if (breakdown.kind === 'value') {
    // A value that is no longer among the top ones has its actors all the same.
    const values = breakdown.values.map((text) => text ?? '')
    return { split: { columns, keys: ['label'] }, condition: hasValues(values, statement) }
  }
  const line = breakdown.kind === 'none' ? NONE_LINE : OTHER_LINE
  return { split: { columns, keys: ['line'] }, condition: `line = ${line}` }
}

function sumsFromEnd(counts: readonly number[]): number[] {
  let sum = 0
  return counts
    .toReversed()
    .map((count) => (sum += count))
    .toReversed()
}

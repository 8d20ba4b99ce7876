import {
  type FunnelTimeQuery,
  type FunnelTimeResult,
  FunnelTimeSelection,
} from '@headwater/schemas/insights/funnel-time'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import { questionRange } from '../date-range.ts'
import type { Insight } from '../insight.ts'
import { Statement } from '../statement.ts'
import { learn, unknowns } from './choose-keys.ts'
import { funnelSql } from './histories.ts'
import { breakdownOf, inGroup, inOrder, placed } from './labels.ts'
import { outcomes } from './outcomes.ts'
import { type FunnelPlan, planFunnel } from './plan.ts'

type Plan = FunnelPlan<FunnelTimeQuery>
type Group = FunnelTimeResult['groups'][number]

/** Of a group one row per bar, from 1, and one of the whole, whose bar is 0. */
interface TimeRow {
  kind: string
  value: string[]
  bar: number
  actors: string
  mean: number
  median: number
  least: string
  most: string
  /** Seconds. */
  first: string
  width: string
  bins: number
}

const MAX_AUTOMATIC_BINS = 60
/** Seconds, when everybody took equally long. */
const NARROWEST_BAR = 60

export const funnelTime: Insight<FunnelTimeQuery, Plan, FunnelTimeResult, FunnelTimeSelection> = {
  plan: (query, moment) => planFunnel(query, moment, questionRange(query, moment)),

  unknowns,
  learn,

  compile(plan) {
    const statement = new Statement(plan.query.project)
    return [
      statement.query(`SELECT kind, value, bar, count() AS actors,
    avg(ms) AS mean, quantileExactInclusive(0.5)(ms) AS median, min(ms) AS least, max(ms) AS most,
    any(first) AS first, any(width) AS width, any(bins) AS bins
  FROM (${durations(plan, statement)})
  GROUP BY GROUPING SETS ((kind, value, bar), (kind, value))`),
    ]
  },

  shape({ query }, [list = []]) {
    const rows = list as TimeRow[]
    const bins = rows[0]?.bins ?? 0
    const at = (bar: number) => Number(rows[0]?.first) + bar * Number(rows[0]?.width)
    const groups: Group[] = rows
      .filter(({ bar }) => bar === 0)
      .map((row) => ({
        breakdown: breakdownOf(query, row),
        count: Number(row.actors),
        mean_seconds: row.mean / 1000,
        median_seconds: row.median / 1000,
        min_seconds: Number(row.least) / 1000,
        max_seconds: Number(row.most) / 1000,
        bars: barsOf(rows, row, bins),
      }))
    return {
      edges: rows.length === 0 ? [] : Array.from({ length: bins + 1 }, (_, bar) => at(bar)),
      groups: inOrder(
        query,
        groups,
        ({ count }) => count,
        (breakdown) => emptyGroup(breakdown, bins),
      ),
    }
  },

  selection: FunnelTimeSelection,

  actors(plan, { bar, breakdown }) {
    const statement = new Statement(plan.query.project)
    const rows = durations(plan, statement)
    const conditions = [
      inGroup(plan.query, breakdown, statement),
      ...(bar === null ? [] : [`bar = ${statement.add('UInt32', bar + 1)}`]),
    ]
    return {
      statement,
      text: `SELECT DISTINCT actor FROM (${rows}) WHERE ${conditions.join(' AND ')}`,
    }
  },
}

/** SQL of everybody who got from the one step to the other: how long it took, and in which bar that is. */
function durations(plan: Plan, statement: Statement): string {
  const { query } = plan
  const { from_step, to_step = query.steps.length } = query
  const persons = `SELECT *, furthest > 0 AS persons FROM (${outcomes(funnelSql(plan, statement))})`
  const timed = `SELECT actor, kind, value, times[${to_step}] - times[${from_step}] AS ms
      FROM (${placed(query, persons, statement)})
      WHERE times[${to_step}] != 0`
  // Bars of all groups have the same edges, so that groups can be compared.
  const count =
    query.bins === undefined
      ? `least(greatest(toUInt32(ceil(cbrt(count() OVER ()))), 1), ${MAX_AUTOMATIC_BINS})`
      : `toUInt32(${statement.add('UInt32', query.bins)})`
  return `SELECT *,
      if(ceil((last - first) / bins) = 0, ${NARROWEST_BAR}, toInt64(ceil((last - first) / bins))) AS width,
      toUInt32(least(intDiv(ms - first * 1000, width * 1000), bins - 1) + 1) AS bar
    FROM (
      SELECT *, intDiv(min(ms) OVER (), 1000) AS first,
        intDiv(max(ms) OVER () + 999, 1000) AS last, ${count} AS bins
      FROM (${timed}))`
}

const emptyGroup = (breakdown: BreakdownValue, bins: number): Group => ({
  breakdown,
  count: 0,
  mean_seconds: null,
  median_seconds: null,
  min_seconds: null,
  max_seconds: null,
  bars: Array.from({ length: bins }, () => 0),
})

function barsOf(rows: readonly TimeRow[], { kind, value }: TimeRow, bins: number): number[] {
  const bars = Array.from({ length: bins }, () => 0)
  for (const row of rows) {
    const isSame = row.kind === kind && row.value.join('\0') === value.join('\0')
    if (isSame && row.bar > 0) bars[row.bar - 1] = Number(row.actors)
  }
  return bars
}

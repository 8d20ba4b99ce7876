import {
  type FunnelTrendQuery,
  type FunnelTrendResult,
  FunnelTrendSelection,
} from '@headwater/schemas/insights/funnel-trend'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import { bucketLabels, limitedStarts } from '../buckets.ts'
import { questionRange } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { Insight } from '../insight.ts'
import { Statement } from '../statement.ts'
import { learn, unknowns } from './choose-keys.ts'
import { funnelSql } from './histories.ts'
import { breakdownOf, inGroup, inOrder, placed } from './labels.ts'
import { outcomes } from './outcomes.ts'
import { type FunnelPlan, planFunnel } from './plan.ts'

interface Plan extends FunnelPlan<FunnelTrendQuery> {
  /** Start of every bucket, ms. */
  starts: number[]
}

/** Of a group, those who entered in one bucket. */
interface TrendRow {
  kind: string
  value: string[]
  bucket: string
  entered: string
  converted: string
  open: string
}

// Every bucket is a funnel of its own, of the attempts that began in it: an actor counts once in each.
export const funnelTrend: Insight<FunnelTrendQuery, Plan, FunnelTrendResult, FunnelTrendSelection> =
  {
    plan(query, moment) {
      const { from, to } = questionRange(query, moment, query.interval)
      const starts = limitedStarts(query, from, to)
      return { ...planFunnel(query, moment, { from: starts[0] ?? from, to }), starts }
    },

    unknowns,
    learn,

    compile(plan) {
      const statement = new Statement(plan.query.project)
      const label = plan.query.breakdowns.length > 0 ? 'label' : `'' AS label`
      const states = `SELECT ${label}, bucket, countIf(furthest > 0) AS persons,
        countIf(${conditionOf('entered', plan.query)}) AS entered,
        countIf(${conditionOf('converted', plan.query)}) AS converted,
        countIf(${conditionOf('open', plan.query)}) AS open
      FROM (${outcomes(funnelSql(plan, statement, plan.starts))})
      GROUP BY label, bucket`
      return [
        statement.query(`SELECT kind, value, bucket,
    sum(entered) AS entered, sum(converted) AS converted, sum(open) AS open
  FROM (${placed(plan.query, states, statement)})
  GROUP BY kind, value, bucket`),
      ]
    },

    shape({ query, starts, to, windowMs, horizon }, [list = []]) {
      const rows = list as TrendRow[]
      const places = new Map(starts.map((start, place) => [String(start), place]))
      const groups = new Map<string, ReturnType<typeof emptyGroup>>()
      const emptyGroup = (breakdown: BreakdownValue) => ({
        breakdown,
        entered: starts.map(() => 0),
        converted: starts.map(() => 0),
        open: starts.map(() => 0),
      })
      if (query.breakdowns.length === 0) groups.set('', emptyGroup(null))
      for (const row of rows) {
        const key = query.breakdowns.length === 0 ? '' : JSON.stringify([row.kind, row.value])
        const group = groups.get(key) ?? emptyGroup(breakdownOf(query, row))
        groups.set(key, group)
        const place = places.get(row.bucket) ?? 0
        group.entered[place] = Number(row.entered)
        group.converted[place] = Number(row.converted)
        group.open[place] = Number(row.open)
      }
      const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
      const rated = (group: ReturnType<typeof emptyGroup>) => ({
        ...group,
        rates: group.entered.map((count, place) =>
          count === 0 ? null : (group.converted[place] ?? 0) / count,
        ),
      })
      return {
        buckets: bucketLabels(query.time_zone, starts),
        // The last entry that a bucket can have is a millisecond before its end.
        complete: starts.map((_, place) => (starts[place + 1] ?? to) - 1 + windowMs < horizon),
        groups: inOrder(
          query,
          [...groups.values()].map(rated),
          ({ entered }) => sum(entered),
          (breakdown) => rated(emptyGroup(breakdown)),
        ),
      }
    },

    selection: FunnelTrendSelection,

    actors(plan, { bucket, outcome, breakdown }) {
      const { query, starts } = plan
      const start = starts[bucketLabels(query.time_zone, starts).indexOf(bucket)]
      if (start === undefined) {
        const message = 'select.bucket is not one of the buckets of the answer'
        throw new QueryRefusal('invalid_query', message, { field: 'select.bucket' })
      }
      const statement = new Statement(query.project)
      const persons = `SELECT *, furthest > 0 AS persons
      FROM (${outcomes(funnelSql(plan, statement, starts))})`
      const rows = placed(query, persons, statement)
      const conditions = [
        inGroup(query, breakdown, statement),
        `bucket = ${statement.add('Int64', start)}`,
        conditionOf(outcome, query),
      ]
      return {
        statement,
        text: `SELECT DISTINCT actor FROM (${rows}) WHERE ${conditions.join(' AND ')}`,
      }
    },
  }

function conditionOf(
  outcome: FunnelTrendSelection['outcome'],
  { from_step, to_step, steps }: FunnelTrendQuery,
): string {
  const entered = `times[${from_step}] != 0`
  const converted = `times[${to_step ?? steps.length}] != 0`
  switch (outcome) {
    case 'entered':
      return entered
    case 'converted':
      return converted
    case 'dropped':
      return `${entered} AND NOT ${converted} AND NOT is_open`
    case 'open':
      return `${entered} AND NOT ${converted} AND is_open`
  }
}

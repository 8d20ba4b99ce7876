import {
  type FunnelInsightQuery,
  type FunnelInsightResult,
  FunnelSelection,
  type FunnelStageResult,
} from '@headwater/schemas/insights/funnel'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import { questionRange } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { Insight } from '../insight.ts'
import { Statement } from '../statement.ts'
import { learn, unknowns } from './choose-keys.ts'
import { funnelSql } from './histories.ts'
import { breakdownOf, inGroup, inOrder, placed } from './labels.ts'
import { outcomes } from './outcomes.ts'
import { type FunnelPlan, planFunnel, requiredBefore } from './plan.ts'
import { compileSteps, type FunnelRow } from './steps-sql.ts'

type Plan = FunnelPlan<FunnelInsightQuery>

export const funnel: Insight<FunnelInsightQuery, Plan, FunnelInsightResult, FunnelSelection> = {
  plan: (query, moment) => planFunnel(query, moment, questionRange(query, moment)),

  unknowns,
  learn,

  compile: (plan) => [compileSteps(plan)],

  shape({ query }, [rows = []]) {
    const groups = (rows as FunnelRow[]).map((row) => ({
      breakdown: breakdownOf(query, row),
      excluded: Number(row.excluded),
      steps: stepsOf(query, row),
    }))
    const empty = (breakdown: BreakdownValue) => ({
      breakdown,
      excluded: 0,
      steps: stepsOf(query, undefined),
    })
    // Without a breakdown nobody at all is an answer, too.
    if (query.breakdowns.length === 0 && groups.length === 0) groups.push(empty(null))
    return { groups: inOrder(query, groups, ({ steps }) => steps[0]?.count ?? 0, empty) }
  },

  selection: FunnelSelection,

  actors(plan, { step, outcome, breakdown }) {
    const { query } = plan
    if (step > query.steps.length) {
      const message = `select.step must be at most ${query.steps.length}`
      throw new QueryRefusal('invalid_query', message, { field: 'select.step' })
    }
    const statement = new Statement(query.project)
    const persons = `SELECT *, furthest > 0 AS persons FROM (${outcomes(funnelSql(plan, statement))})`
    const rows = placed(query, persons, statement)
    const conditions = [inGroup(query, breakdown, statement), conditionOf(step, outcome, query)]
    // Who is in several groups of Other is one actor behind its number.
    return {
      statement,
      text: `SELECT DISTINCT actor FROM (${rows}) WHERE ${conditions.join(' AND ')}`,
    }
  },
}

function conditionOf(
  step: number,
  outcome: FunnelSelection['outcome'],
  { steps }: FunnelInsightQuery,
): string {
  const stands = `furthest = ${step} AND ${step} < ${steps.length}`
  switch (outcome) {
    case 'reached':
      return `times[${step}] != 0`
    case 'converted':
      return `times[${step}] != 0 AND furthest > ${step}`
    case 'dropped':
      return `${stands} AND NOT is_open`
    case 'open':
      return `${stands} AND is_open`
    case 'excluded':
      return 'is_excluded'
  }
}

function stepsOf(query: FunnelInsightQuery, row: FunnelRow | undefined): FunnelStageResult[] {
  const at = (list: readonly (string | number | null)[] | undefined, place: number) =>
    Number(list?.[place] ?? 0)
  return query.steps.map(({ event, name = null, optional }, place) => {
    const count = at(row?.reached, place)
    const before = Math.max(requiredBefore(query, place + 1), 1)
    const isLast = place === query.steps.length - 1
    const open = isLast ? 0 : at(row?.open, place)
    return {
      event: query.order === 'any' ? null : event,
      name: query.order === 'any' ? null : name,
      optional,
      count,
      rate_from_first: rate(count, at(row?.reached, 0)),
      rate_from_previous: rate(count, at(row?.reached, before - 1)),
      dropped: isLast ? 0 : at(row?.standing, place) - open,
      open,
      mean_seconds: row?.mean_seconds[place - 1] ?? null,
      median_seconds: row?.median_seconds[place - 1] ?? null,
    }
  })
}

const rate = (count: number, of: number): number | null => (of === 0 ? null : count / of)

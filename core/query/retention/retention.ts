import {
  type RetentionQuery,
  type RetentionResult,
  RetentionSelection,
} from '@headwater/schemas/insights/retention'
import { QueryRefusal } from '../errors.ts'
import type { Insight } from '../insight.ts'
import { Statement } from '../statement.ts'
import { cellsOfGroup, groupedCells } from './groups.ts'
import { planRetention, type RetentionPlan } from './plan.ts'
import { type RetentionCellRow, shapeRetention, stateOf } from './shape.ts'

export const retention: Insight<
  RetentionQuery,
  RetentionPlan,
  RetentionResult,
  RetentionSelection
> = {
  plan: planRetention,

  compile(plan) {
    const statement = new Statement(plan.query.project)
    return [statement.query(groupedCells(plan, statement))]
  },

  shape: (plan, [rows = []]) => shapeRetention(plan, rows as RetentionCellRow[]),

  selection: RetentionSelection,

  actors(plan, { row, column, breakdown }) {
    refuseBeyond('select.row', row, plan.rows)
    refuseBeyond('select.column', column, plan.columns.length)
    const statement = new Statement(plan.query.project)
    const cells = cellsOfGroup(plan, statement, breakdown)
    const col = `col ${plan.query.cumulative && column > 0 ? '>=' : '='} ${statement.add('Int64', column)}`
    // Senders whose clocks run ahead make events in cells that are not told yet.
    const told = stateOf(plan, row, column) === 'future' ? '0' : '1'
    const text = `SELECT actor FROM (${cells})
    WHERE cohort = ${statement.add('Int64', row)} AND ${col} AND ${told}`
    return { statement, text }
  },
}

function refuseBeyond(field: string, place: number, length: number): void {
  if (place < length) return
  throw new QueryRefusal('invalid_query', `${field} must be less than ${length}`, { field })
}

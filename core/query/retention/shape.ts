import type { BreakdownKind, BreakdownValue } from '@headwater/schemas/insights/property'
import type { RetentionResult } from '@headwater/schemas/insights/retention'
import type { TimeState } from '@headwater/schemas/insights/time-state'
import { bucketLabels } from '../buckets.ts'
import { lineValue } from '../cohort/lines.ts'
import type { Answer } from '../insight.ts'
import { orderOf } from '../lines.ts'
import type { Column, RetentionPlan } from './plan.ts'

/** What happened in one column of one cohort; of a cohort's own column 0, `actors` is its size. */
export interface RetentionCellRow {
  kind?: BreakdownKind
  /** Of several breakdowns, a JSON array of their values. */
  value?: string
  cohort: string
  col: string
  actors: string
  total?: number
  /** How many numbers the total has. */
  numbers?: string
}

type Group = RetentionResult['groups'][number]
type Row = Group['rows'][number]

/** Groups by the size of their cohorts, Other and none last; a cell without rows is a zero. */
export function shapeRetention(
  plan: RetentionPlan,
  rows: readonly RetentionCellRow[],
): Answer<RetentionResult> {
  const { query, bounds, columns } = plan
  return {
    buckets: bucketLabels(query.time_zone, bounds.slice(0, plan.rows)),
    interval: query.interval,
    columns,
    groups: groupsOf(plan, rows),
  }
}

function groupsOf(plan: RetentionPlan, rows: readonly RetentionCellRow[]): Group[] {
  if (plan.cohorts) {
    const byName = Map.groupBy(rows, ({ value }) => value)
    return plan.cohorts.map((line) => ({
      breakdown: lineValue(line),
      rows: rowsOf(plan, byName.get(line.name) ?? []),
    }))
  }
  if (plan.query.breakdowns.length === 0) {
    return [{ breakdown: null, rows: rowsOf(plan, rows) }]
  }
  const byLabel = Map.groupBy(rows, ({ kind, value }) => `${kind} ${value}`)
  return [...byLabel.values()]
    .map((cells) => ({
      breakdown: breakdownOf(cells[0] ?? {}, plan.query.breakdowns.length),
      size: cells.reduce((sum, { col, actors }) => sum + (col === '0' ? Number(actors) : 0), 0),
      cells,
    }))
    .sort(
      (a, b) =>
        orderOf(a.breakdown?.kind) - orderOf(b.breakdown?.kind) ||
        b.size - a.size ||
        compareTexts(a.breakdown?.values ?? [], b.breakdown?.values ?? []),
    )
    .map(({ breakdown, cells }) => ({ breakdown, rows: rowsOf(plan, cells) }))
}

function breakdownOf(
  { kind = 'none', value = '' }: Pick<RetentionCellRow, 'kind' | 'value'>,
  count: number,
): BreakdownValue {
  if (kind === 'other') return { kind, values: [] }
  if (kind === 'none') return { kind, values: Array<null>(count).fill(null) }
  const values: string[] = count === 1 ? [value] : JSON.parse(value)
  return { kind, values: values.map((text) => (text === '' ? null : text)) }
}

function rowsOf(plan: RetentionPlan, rows: readonly RetentionCellRow[]): Row[] {
  const found = new Map(rows.map((row) => [`${row.cohort} ${row.col}`, row]))
  return Array.from({ length: plan.rows }, (_, cohort) => {
    const cells = plan.columns.map((_, col) => found.get(`${cohort} ${col}`))
    const values = valuesOf(plan, cells)
    const isFuture = stateOf(plan, cohort, 0) === 'future'
    return {
      size: isFuture ? null : Number(cells[0]?.actors ?? 0),
      cells: values.map((value, col) => {
        const state = stateOf(plan, cohort, col)
        return { value: state === 'future' ? null : value, state }
      }),
    }
  })
}

function valuesOf(
  { query }: RetentionPlan,
  cells: readonly (RetentionCellRow | undefined)[],
): (number | null)[] {
  if (query.aggregate) {
    const isMean = query.aggregate.function === 'avg'
    return cells.map((cell) => {
      const total = cell?.total ?? 0
      if (!isMean) return total
      const numbers = Number(cell?.numbers ?? 0)
      return numbers === 0 ? null : total / numbers
    })
  }
  const counts = cells.map((cell) => Number(cell?.actors ?? 0))
  if (!query.cumulative) return counts
  let sum = 0
  const later = counts
    .slice(1)
    .toReversed()
    .map((count) => (sum += count))
  return [counts[0] ?? 0, ...later.toReversed()]
}

/** Whether a cell's time has begun, and whether it has ended for every actor of the cohort. */
export function stateOf(plan: RetentionPlan, cohort: number, col: number): TimeState {
  const { query, columns, now, known } = plan
  const column = columns[col] ?? { first: 0, last: 0 }
  if (beginOf(plan, cohort, column) >= now) return 'future'
  // A return in the last column makes an actor count in all columns before it.
  const decides = query.cumulative && col > 0 ? (columns.at(-1) ?? column) : column
  return endOf(plan, cohort, decides) > known ? 'incomplete' : 'complete'
}

const beginOf = ({ bounds, windowMs }: RetentionPlan, cohort: number, { first }: Column): number =>
  windowMs === null ? (bounds[cohort + first] ?? 0) : (bounds[cohort] ?? 0) + first * windowMs

function endOf(plan: RetentionPlan, cohort: number, { last }: Column): number {
  const { query, bounds, windowMs, to } = plan
  const lastStart = Math.min(bounds[cohort + 1] ?? to, to)
  if (last === 0 && !query.aggregate) return lastStart
  if (windowMs === null) return bounds[cohort + last + 1] ?? to
  return lastStart + (last + 1) * windowMs
}

function compareTexts(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

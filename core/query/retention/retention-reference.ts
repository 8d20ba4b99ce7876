// What retention means, as slowly and plainly as it can be said. Only tests use it.
import type { RetentionQuery } from '@headwater/schemas/insights/retention'

export interface HistoryEvent {
  name: string
  at: number
  sequence: number
  plan?: string | undefined
  price?: string | number | undefined
}

/** The parts of a question that the reference understands; a filter is a plan that must be had. */
export interface PlainQuestion {
  interval: RetentionQuery['interval']
  mode: RetentionQuery['mode']
  windows: RetentionQuery['windows']
  cumulative: boolean
  minimum: number
  /** How many periods each column holds. */
  columns: number[]
  start: string
  startPlan: string | null
  return: string
  returnPlan: string | null
  plan: string | null
  from: number
  to: number
  rows: number
  aggregate: 'sum' | 'avg' | null
}

interface Start {
  row: number
  at: number
  plan: string
}

/** Of one actor in one cohort: in which columns it counts, and the numbers of its returns there. */
export interface Membership {
  row: number
  plan: string
  columns: { counts: boolean; prices: number[] }[]
}

const HOUR_MS = 3_600_000
export const LENGTH_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS }

/** Start of the interval so many after the one that begins at `from`, in UTC. */
export function later(interval: RetentionQuery['interval'], from: number, count: number): number {
  if (interval !== 'month') return from + count * LENGTH_MS[interval]
  const date = new Date(from)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1)
}

export function membershipsOf(events: readonly HistoryEvent[], question: PlainQuestion) {
  const ordered = [...events].sort((a, b) => a.at - b.at || a.sequence - b.sequence)
  return startsOf(ordered, question).map((start): Membership => {
    const columns = question.columns.map((_, column) => columnOf(ordered, question, start, column))
    if (question.cumulative) {
      const last = columns.findLastIndex(({ counts }) => counts)
      for (const [place, column] of columns.entries()) column.counts = place <= last
    }
    return { row: start.row, plan: start.plan, columns }
  })
}

function startsOf(ordered: readonly HistoryEvent[], question: PlainQuestion): Start[] {
  const { mode, rows, to } = question
  const hasName = (event: HistoryEvent) => question.start === '*' || event.name === question.start
  const passes = (event: HistoryEvent) =>
    [question.plan, question.startPlan].every((plan) => plan === null || plan === event.plan)
  const inTime = ordered.filter((event) => event.at < to && hasName(event))
  const candidates =
    mode === 'recurring'
      ? inTime.filter(passes)
      : mode === 'first_time'
        ? inTime.filter(passes).slice(0, 1)
        : inTime.slice(0, 1).filter(passes)
  const starts: Start[] = []
  for (let row = 0; row < rows; row++) {
    const begin = later(question.interval, question.from, row)
    const end = later(question.interval, question.from, row + 1)
    const first = candidates.find(({ at }) => at >= begin && at < end)
    if (first) starts.push({ row, at: first.at, plan: first.plan ?? '' })
  }
  return starts
}

function columnOf(
  ordered: readonly HistoryEvent[],
  question: PlainQuestion,
  start: Start,
  column: number,
) {
  const { begin, end } = spanOfCell(question, start.row, column, start.at)
  const returns = ordered.filter(
    (event) =>
      (question.return === '*' || event.name === question.return) &&
      [question.plan, question.returnPlan].every((plan) => plan === null || plan === event.plan) &&
      event.at >= begin &&
      event.at < end,
  )
  const counts = column === 0 || returns.length >= question.minimum
  const prices = counts ? returns.flatMap(({ price }) => numberOf(price)) : []
  return { counts, prices }
}

/** The time of a column for an actor that started at an instant. */
export function spanOfCell(
  { interval, windows, columns, from }: PlainQuestion,
  row: number,
  column: number,
  startedAt: number,
): { begin: number; end: number } {
  const first = columns.slice(0, column).reduce((sum, size) => sum + size, 0)
  const after = first + (columns[column] ?? 1)
  if (windows === 'calendar' || interval === 'month') {
    return { begin: later(interval, from, row + first), end: later(interval, from, row + after) }
  }
  const length = LENGTH_MS[interval]
  return { begin: startedAt + first * length, end: startedAt + after * length }
}

function numberOf(price: string | number | undefined): number[] {
  const number = price === undefined || price === '' ? Number.NaN : Number(price)
  return Number.isFinite(number) ? [number] : []
}

import type { Breakdown } from '@headwater/schemas/insights/property'
import type { CohortLine } from '../cohort/lines.ts'
import { ruleCondition } from '../cohort/members.ts'
import { lineText } from '../lines.ts'
import { propertyText } from '../property.ts'
import type { Statement } from '../statement.ts'
import { type Bins, binNames } from './bins.ts'
import { NO_SPLIT, type Split } from './slice.ts'

/** What of a plan tells its lines apart. */
export interface SplitPlan {
  query: { breakdowns: readonly Breakdown[] }
  /** The lines of a breakdown by cohorts; null without one. */
  cohorts: readonly CohortLine[] | null
  /** Ranges of each breakdown that has them. */
  bins: readonly (Bins | null)[] | null
  /** Values of the lines that are shown by themselves, in order. */
  top: readonly string[][] | null
}

/** The line of events that are on none of the top lines, which are numbered from 1, and of those without a value. */
export const OTHER_LINE = 0
export const NONE_LINE = -1

/** Splits events by the number of their line, which is faster to group by than a text. */
export function lineSplit(plan: SplitPlan, statement: Statement): Split {
  const { breakdowns } = plan.query
  if (plan.cohorts) return cohortSplit(plan.cohorts, statement)
  if (breakdowns.length === 0) return NO_SPLIT
  const top = plan.top ?? []
  const labels = statement.add('Array(String)', top.map(encoded))
  const places = statement.add(
    'Array(Int64)',
    top.map((_, place) => place + 1),
  )
  const line =
    top.length === 0
      ? `toInt64(${OTHER_LINE})`
      : `transform(label, ${labels}, ${places}, toInt64(${OTHER_LINE}))`
  const none = encoded(breakdowns.map(() => ''))
  return {
    columns: [
      `${encodedSql(textsOf(plan, statement))} AS label`,
      `if(label = '${none}', toInt64(${NONE_LINE}), ${line}) AS line`,
    ],
    keys: ['line'],
  }
}

/** Rows are as many as the event's person has cohorts. */
function cohortSplit(cohorts: readonly CohortLine[], statement: Statement): Split {
  const lines = cohorts.map(({ cohort }, place) => {
    const isMember = ruleCondition(cohort, statement, `breakdowns.0.cohorts.${place}.cohort`)
    return `if(${isMember}, ${place + 1}, 0)`
  })
  return {
    columns: [`toInt64(arrayJoin(arrayFilter(line -> line > 0, [${lines.join(', ')}]))) AS line`],
    keys: ['line'],
  }
}

/** Splits events by their texts themselves, in the column `labels`. */
export const textSplit = (plan: SplitPlan, statement: Statement): Split => ({
  columns: [`[${textsOf(plan, statement).join(', ')}] AS labels`],
  keys: ['labels'],
})

/** As textSplit, each text in a column of its own. */
export const separateSplit = (plan: SplitPlan, statement: Statement): Split =>
  separated(textsOf(plan, statement))

/** As separateSplit, however long the texts are. */
export const rawSplit = (plan: SplitPlan, statement: Statement): Split =>
  separated(textsOf(plan, statement, (text) => text))

const separated = (texts: readonly string[]): Split => ({
  columns: texts.map((text, place) => `${text} AS text${place}`),
  keys: texts.map((_, place) => `text${place}`),
})

/** SQL that holds for events with exactly these values, '' for none, among rows of a lineSplit. */
export const hasValues = (values: readonly string[], statement: Statement): string =>
  `label = ${statement.add('String', encoded(values))}`

/** SQL that holds for events whose values are not in the column `labels` of some rows, among rows of a lineSplit. */
export function isNotAmong(rows: string, { query }: Pick<SplitPlan, 'query'>): string {
  const texts = query.breakdowns.map((_, place) => `labels[${place + 1}]`)
  return `label NOT IN (SELECT ${encodedSql(texts)} FROM (${rows}))`
}

/** SQL of an event's value of each breakdown, '' when there is none. */
function textsOf(
  { query, bins }: SplitPlan,
  statement: Statement,
  shortened: (text: string) => string = lineText,
): string[] {
  return query.breakdowns.map((breakdown, place) =>
    breakdown.bins === undefined
      ? shortened(propertyOf(breakdown, place, statement))
      : binText(bins?.[place] ?? null, propertyOf(breakdown, place, statement), statement),
  )
}

/** SQL of a breakdown's property, as text. */
export const propertyOf = (breakdown: Breakdown, place: number, statement: Statement): string =>
  propertyText(breakdown, statement, `breakdowns.${place}.property`)

function binText(bins: Bins | null, text: string, statement: Statement): string {
  if (bins === null) return `''`
  const number = `toFloat64OrNull(${text})`
  const names = statement.add('Array(String)', binNames(bins))
  const [low, width] = [bins.low, bins.width].map((bound) => statement.add('Float64', bound))
  const offset = bins.width === 0 ? '0' : `(ifNull(${number}, 0) - ${low}) / ${width}`
  const place = `toUInt8(least(greatest(floor(${offset}), 0), ${bins.count - 1}))`
  return `if(isFinite(${number}), ${names}[${place} + 1], '')`
}

// Several texts are one, from which they can be told again: no two lists of texts have the same.
const encoded = (texts: readonly string[]): string =>
  texts.map((text, at) => (at < texts.length - 1 ? `${Buffer.byteLength(text)}:` : '')).join('') +
  texts.join('')

function encodedSql(texts: readonly string[]): string {
  const [only = `''`] = texts
  if (texts.length === 1) return only
  const lengths = texts.slice(0, -1).map((text) => `toString(length(${text})), ':'`)
  return `concat(${[...lengths, ...texts].join(', ')})`
}

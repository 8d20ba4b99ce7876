import type { CohortCondition, CohortRule } from '@headwater/schemas/insights/cohort'
import { OPERATORS } from './choices.ts'
import { formatEvent, formatMoment, formatNumber } from './format.ts'

export type ConditionType = CohortCondition['type']
type Did = Extract<CohortCondition, { type: 'did' }>
type Sequence = Extract<CohortCondition, { type: 'did_sequence' }>
type When = Pick<Did, 'within' | 'from' | 'to'>

export const CONDITION_TYPES: Record<ConditionType, string> = {
  did: 'Did an event',
  did_sequence: 'Did events in order',
  person: 'Has a property',
  list: 'Is on a list',
}

export const TIMES: Record<Did['times']['operator'], string> = {
  gte: 'at least',
  lte: 'at most',
  is: 'exactly',
}

export const SPAN_UNITS: Record<NonNullable<When['within']>['unit'], string> = {
  minute: 'minutes',
  hour: 'hours',
  day: 'days',
  week: 'weeks',
  month: 'months of 30 days',
}

/** When a condition looks. */
export const PERIODS = { ever: 'ever', within: 'in the last', between: 'between' } as const
export type Period = keyof typeof PERIODS

/** As many as the contract takes. */
export const MAX_CONDITIONS = 20
export const MAX_SEQUENCE_STEPS = 10

/** A condition of a type as the editor begins with it. */
export function newCondition(type: ConditionType, event: string): CohortCondition {
  const occurrence = { event, filters: [] }
  switch (type) {
    case 'did':
      return { type, ...occurrence, times: { operator: 'gte', value: 1 }, negate: false }
    case 'did_sequence':
      return {
        type,
        steps: [occurrence, occurrence],
        window: { value: 14, unit: 'day' },
        negate: false,
      }
    case 'person':
      return { type, filter: { type: 'person', property: 'email', operator: 'is_set' } }
    case 'list':
      return { type, distinct_ids: [], negate: false }
  }
}

/** What of a condition says when. */
export function periodOf({ within, from, to }: When): Period {
  if (within) return 'within'
  return from !== undefined || to !== undefined ? 'between' : 'ever'
}

/** The condition, looking at another time. */
export function withPeriod<Condition extends Did | Sequence>(
  condition: Condition,
  when: When,
): Condition {
  const { within: _, from: __, to: ___, ...rest } = condition
  return { ...rest, ...when } as Condition
}

/** One id a line; empty lines and repetitions count for nothing. */
export function readIds(text: string): string[] {
  const ids = text.split('\n').map((line) => line.trim())
  return [...new Set(ids.filter((id) => id !== ''))]
}

/** The whole rule in words. */
export function ruleWords({ match, conditions }: CohortRule): string {
  return conditions.map(conditionWords).join(match === 'all' ? ', and ' : ', or ')
}

function conditionWords(condition: CohortCondition): string {
  const not = 'negate' in condition && condition.negate ? 'not ' : ''
  switch (condition.type) {
    case 'did':
      return `${not}did ${occurrenceWords(condition)}${timesWords(condition)}${whenWords(condition)}`
    case 'did_sequence': {
      const steps = condition.steps.map(occurrenceWords).join(', then ')
      return `${not}did ${steps} within ${spanWords(condition.window)}${whenWords(condition)}`
    }
    case 'person':
      return filterWords(condition.filter)
    case 'list': {
      const count = condition.distinct_ids.length
      return `${not}on a list of ${formatNumber(count)} ${count === 1 ? 'id' : 'ids'}`
    }
  }
}

function occurrenceWords({ event, filters }: Pick<Did, 'event' | 'filters'>): string {
  const where = filters.map(filterWords).join(' and ')
  return where === '' ? formatEvent(event) : `${formatEvent(event)} where ${where}`
}

function timesWords({ times: { operator, value } }: Did): string {
  if (operator === 'gte' && value === 1) return ''
  return ` ${TIMES[operator]} ${formatNumber(value)} ${value === 1 ? 'time' : 'times'}`
}

function whenWords(when: When): string {
  const period = periodOf(when)
  if (period === 'ever') return ''
  if (period === 'within' && when.within) return ` in the last ${spanWords(when.within)}`
  const from = when.from === undefined ? '' : ` from ${formatMoment(when.from)}`
  return `${from}${when.to === undefined ? '' : ` to ${formatMoment(when.to)}`}`
}

function spanWords({ value, unit }: NonNullable<When['within']>): string {
  return `${formatNumber(value)} ${value === 1 ? unit : `${unit}s`}`
}

type Filter = Extract<CohortCondition, { type: 'person' }>['filter']

function filterWords({ property, operator, value }: Filter): string {
  const values = [value ?? []].flat().join(' or ')
  return `${property} ${OPERATORS[operator]}${values === '' ? '' : ` ${values}`}`
}

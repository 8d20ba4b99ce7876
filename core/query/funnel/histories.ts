import type {
  FunnelAttribution,
  FunnelBreakdown,
  FunnelQuestion,
} from '@headwater/schemas/insights/funnel'
import { actorSql } from '../actor.ts'
import { cohortLines } from '../cohort/lines.ts'
import { type Scope, scopeConditions } from '../scope.ts'
import { eventsOf, selectorCondition } from '../selector.ts'
import type { Statement } from '../statement.ts'
import { labelSql } from './labels.ts'
import { type FunnelPlan, isPlain, lastReadOf } from './plan.ts'
import {
  type Clock,
  exclusionsOfKey,
  type KeyLayout,
  keyAt,
  keySql,
  keysClock,
  keyWithText,
  msOfKey,
  PLACES_CLOCK,
  placeTicks,
  stepsOfKey,
  WIDE_KEYS,
} from './ticks.ts'

/** A funnel whose SQL is being made. */
export interface FunnelSql {
  plan: FunnelPlan<FunnelQuestion & Partial<FunnelBreakdown>>
  statement: Statement
  keys: KeyLayout
  clock: Clock
  /** Whether keys are walked as they are; then they are their own ticks. */
  walksKeys: boolean
  /** SQL of the ticks that are too many for a window. */
  window: string
  /** SQL of the tick that start + window reaches when the window's end is not known yet. */
  horizon: string
  /** SQL of the tick from which nobody enters. */
  entryEnd: string
  /** The field of the question that holds the breakdowns. */
  breakdownField: string
  /** SQL of each bucket's start and end, ms, when every bucket is a funnel of its own. */
  buckets: { starts: string; ends: string } | null
}

/** @param buckets Start of every bucket, ms, when every bucket is to be a funnel of its own. */
export function funnelSql(
  plan: FunnelSql['plan'],
  statement: Statement,
  buckets: readonly number[] | null = null,
  breakdownField = 'breakdowns',
): FunnelSql {
  const keys = plan.keys ?? WIDE_KEYS
  const walksKeys = keys.type === 'UInt64' && isPlain(plan.query)
  const clock = walksKeys ? keysClock(keys) : PLACES_CLOCK
  return {
    ...{ plan, statement, breakdownField, keys, clock, walksKeys },
    window: clock.span(`${statement.add('Int64', plan.windowMs)} + 1`),
    horizon: clock.at(`${statement.add('Int64', plan.horizon)} + 1`),
    entryEnd: clock.at(buckets ? 'bucket_end' : statement.add('Int64', plan.to)),
    buckets: buckets && {
      starts: statement.add('Array(Int64)', buckets),
      ends: statement.add('Array(Int64)', [...buckets.slice(1), plan.to]),
    },
  }
}

export function attributionOf({ plan }: FunnelSql): FunnelAttribution | null {
  const { breakdowns = [], attribution = null } = plan.query
  if (breakdowns.length === 0) return null
  // A funnel for each cohort, of the events of those who belong to it.
  return cohortLines(breakdowns) ? 'all_events' : attribution
}

/**
 * SQL of each actor's events in order: the arrays keys, ticks, masks (a bit per step) and, with
 * exclusions, xs (a bit per exclusion). With a breakdown also the label, or what it is found by.
 */
export function histories(sql: FunnelSql): string {
  const keys = keysOf(sql)
  const xs = `arrayMap(key -> ${exclusionsOfKey(sql.keys, 'key')}, keys) AS xs`
  return `SELECT *, ${placeTicks(sql.keys, 'keys')} AS ticks,
    arrayMap(key -> ${stepsOfKey(sql.keys, 'key')}, keys) AS masks${sql.plan.query.exclusions.length > 0 ? `, ${xs}` : ''}
  FROM (${keys})`
}

/** SQL of each actor's keys, sorted, and of its label or what that is found by. */
export const keysOf = (sql: FunnelSql): string => (sql.buckets ? perBucket(sql) : sortedKeys(sql))

function sortedKeys(sql: FunnelSql): string {
  const { query, to } = sql.plan
  const attribution = attributionOf(sql)
  const columns = [
    'actor',
    'arraySort(groupArray(key)) AS keys',
    ...labelColumns(attribution, query),
  ]
  const matching = query.exclusions.length > 0 ? '(mask != 0 OR x != 0)' : 'mask != 0'
  const enters = query.order === 'any' ? 'mask != 0' : 'bitTest(mask, 0)'
  return `SELECT ${columns.join(', ')}
    FROM (${events(sql)})
    WHERE ${query.order === 'strict' ? '1' : matching}
    GROUP BY actor${attribution === 'all_events' ? ', label' : ''}
    HAVING max(${enters} AND t < ${sql.statement.add('Int64', to)}) = 1`
}

function labelColumns(
  attribution: FunnelAttribution | null,
  { order, breakdowns }: FunnelSql['plan']['query'],
): string[] {
  if (attribution === null) return []
  if (attribution === 'all_events') return ['label']
  if (attribution === 'first_touch' || attribution === 'last_touch') {
    const key = breakdowns?.length === 1 ? keyWithText('key', 'event_label') : '(key, event_label)'
    const pick = attribution === 'first_touch' ? 'argMinIf' : 'argMaxIf'
    return [`${pick}(event_label, ${key}, mask != 0 AND has_label) AS label`]
  }
  const took = order === 'any' ? 'mask != 0' : `bitTest(mask, ${attribution.step - 1})`
  return [`groupArrayIf((key, event_label), ${took}) AS labelled`]
}

function events(sql: FunnelSql): string {
  const { plan, statement } = sql
  const { query } = plan
  const { id, known } = actorSql(query.actor, statement)
  const bits = (field: 'steps' | 'exclusions') =>
    query[field].map(
      (selector, place) =>
        `bitShiftLeft(toUInt32(${selectorCondition(selector, statement, `${field}.${place}`)}), ${place})`,
    )
  return `SELECT ${id} AS actor, toUnixTimestamp64Milli(timestamp) AS t,
      toUInt32(${bits('steps').join(' + ')}) AS mask,
      ${query.exclusions.length > 0 ? `toUInt8(${bits('exclusions').join(' + ')})` : 'toUInt8(0)'} AS x,
      ${keySql(sql.keys)} AS key${labelOf(sql)}
    FROM events
    WHERE ${scopeConditions(funnelScope(plan), statement)} AND ${known ?? '1'}`
}

/** What a funnel reads. */
export function funnelScope(plan: FunnelPlan): Scope {
  const { query } = plan
  return {
    ...query,
    from: plan.from,
    // Somebody who entered in the last moment has the whole window, too.
    to: lastReadOf(plan),
    endIncluded: true,
    // In strict order whatever else was done ends an attempt.
    events: query.order === 'strict' ? null : eventsOf([...query.steps, ...query.exclusions]),
  }
}

function labelOf(sql: FunnelSql): string {
  const { plan, statement, breakdownField } = sql
  const { breakdowns = [] } = plan.query
  const label = labelSql(breakdowns, statement, breakdownField)
  if (label === null) return ''
  if (attributionOf(sql) === 'all_events') return `, ${label} AS label`
  const hasLabel =
    breakdowns.length > 1 ? `arrayExists(part -> part != '', event_label)` : `event_label != ''`
  return `, ${label} AS event_label, ${hasLabel} AS has_label`
}

/** An actor's history once for each bucket it entered in, from the bucket to the end of its windows. */
function perBucket(sql: FunnelSql): string {
  const { plan, statement, buckets } = sql
  const enters =
    plan.query.order === 'any'
      ? `${stepsOfKey(sql.keys, 'key')} != 0`
      : `bitTest(${stepsOfKey(sql.keys, 'key')}, 0)`
  const within = `key < ${keyAt(sql.keys, statement.add('Int64', plan.to))}`
  const last = keyAt(sql.keys, `bucket_end + ${statement.add('Int64', plan.windowMs)}`)
  return `SELECT * EXCEPT (all_keys),
      arrayFilter(key -> key >= ${keyAt(sql.keys, 'bucket')} AND key < ${last}, all_keys) AS keys
    FROM (
      SELECT * EXCEPT (keys), keys AS all_keys,
        arrayJoin(arrayDistinct(arrayMap(key -> roundDown(${msOfKey(sql.keys, 'key')}, ${buckets?.starts}),
          arrayFilter(key -> ${enters} AND ${within}, keys)))) AS bucket,
        transform(bucket, ${buckets?.starts}, ${buckets?.ends}, toInt64(0)) AS bucket_end
      FROM (${sortedKeys(sql)}))`
}

/** SQL that holds when the tick of an event is one at which an actor may enter. */
export const mayEnter = ({ entryEnd }: FunnelSql, tick: string): string => `${tick} < ${entryEnd}`

/** The exclusions, as bits, that forbid something to who stands at a step. */
export const exclusionsAt = (
  { steps, exclusions }: Pick<FunnelQuestion, 'steps' | 'exclusions'>,
  step: number,
): number =>
  exclusions.reduce(
    (bits, { from_step, to_step = steps.length }, place) =>
      step >= from_step && step < to_step ? bits + 2 ** place : bits,
    0,
  )

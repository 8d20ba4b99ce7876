import type { InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import type { Actor } from '@headwater/schemas/insights/question'
import {
  PER_ACTOR_MEASURES,
  SESSION_DURATION,
  type TrendsLine,
  type TrendsQuery,
  type TrendsSeries,
} from '@headwater/schemas/insights/trends'
import { countOf, NO_UNIT, type Unit } from './amount.ts'

/** What is counted when actors are. */
export function actorUnit(actor: Actor): Unit {
  if (typeof actor === 'object') return countOf(`${actor.group} group`)
  return actor === 'distinct_id' ? countOf('distinct id') : countOf(actor)
}

/** What a series of a trend measures. */
export function seriesUnit(series: TrendsSeries, actor: Actor): Unit {
  const { measure, measure_property, group } = series
  if (measure_property) {
    return measure_property.property === SESSION_DURATION ? { kind: 'seconds' } : NO_UNIT
  }
  if (measure === 'total') return countOf('event')
  if (measure === 'unique_sessions') return countOf('session')
  if (measure === 'unique_groups') return countOf(`${group} group`)
  const unit = actorUnit(actor)
  if (!(PER_ACTOR_MEASURES as readonly string[]).includes(measure)) return unit
  const one = unit.kind === 'count' ? unit.one : 'actor'
  return countOf(`event per ${one}`, `events per ${one}`)
}

/** What a line of a trend measures; of a formula, only who wrote it knows. */
export function lineUnit(line: TrendsLine | undefined, query: TrendsQuery): Unit {
  const series = query.series[line?.series ?? -1]
  return series ? seriesUnit(series, query.actor) : NO_UNIT
}

/** Names in answers whose numbers are the same everywhere. */
const BY_NAME: [RegExp, Unit][] = [
  [/^(rates?|rate_.*|bounce_rate|change)$/, { kind: 'percent' }],
  [/_seconds$|^(edges|session_duration)$/, { kind: 'seconds' }],
  [/^duration_ms$/, { kind: 'milliseconds' }],
  [/^(paths|exits|continues)$/, countOf('path')],
  [/^visitors$/, countOf('visitor')],
  [/^sessions$/, countOf('session')],
  [/^page_views$/, countOf('page view')],
]
/** Names of numbers of actors. */
const OF_ACTORS =
  /^(actors|bars|converted|count|counts|dropped|entered|excluded|open|size|value|values)$/

/** What the number at a path of an answer counts or measures. */
export function unitAt(query: InsightQuery, answer: InsightResult, path: string): Unit {
  const steps = path.split('.')
  const names = steps.filter((step) => !/^-?\d+$/.test(step))
  if (query.kind === 'trends' && answer.kind === 'trends' && names[0] === 'series') {
    return lineUnit(answer.series.at(Number(steps[1])), query)
  }
  if (query.kind === 'web_overview' && names[0] === 'web_vitals') return NO_UNIT
  // `bounce_rate.previous` is a rate, `bounce_rate.change` a change of it.
  const isCompared = query.kind === 'web_overview' && /^(value|previous)$/.test(names.at(-1) ?? '')
  const name = (isCompared ? names.at(-2) : names.at(-1)) ?? ''
  const known = BY_NAME.find(([pattern]) => pattern.test(name))
  if (known) return known[1]
  // What returned is added up there, not counted.
  if (query.kind === 'retention' && query.aggregate && name === 'value') return NO_UNIT
  return 'actor' in query && OF_ACTORS.test(name) ? actorUnit(query.actor) : NO_UNIT
}

import type { FunnelAttribution } from '@headwater/schemas/insights/funnel'
import {
  type FunnelCorrelationQuery,
  type FunnelCorrelationResult,
  FunnelCorrelationSelection,
} from '@headwater/schemas/insights/funnel-correlation'
import type { PropertyRef } from '@headwater/schemas/insights/property'
import { questionRange } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { Insight } from '../insight.ts'
import { Statement } from '../statement.ts'
import { learn, unknowns } from './choose-keys.ts'
import { type Ended, eventsOnTheWay, propertiesOfEntry } from './correlation-sql.ts'
import { type FunnelPlan, planFunnel } from './plan.ts'

type Plan = FunnelPlan<FunnelCorrelationQuery>

interface TotalRow {
  converted: string
  dropped: string
}

/** What actors have in common. */
interface CorrelationRow extends TotalRow {
  /** Place of the property, from 1; 0 for an event. */
  place: number
  text: string
  odds_ratio: number
}

export const funnelCorrelation: Insight<
  FunnelCorrelationQuery,
  Plan,
  FunnelCorrelationResult,
  FunnelCorrelationSelection
> = {
  plan: (query, moment) => planFunnel(query, moment, questionRange(query, moment)),

  unknowns,
  learn,

  compile(plan) {
    const { project, min_actors, limit } = plan.query
    const totals = new Statement(project)
    const statement = new Statement(project)
    const least = statement.add('UInt32', min_actors)
    return [
      totals.query(`SELECT countIf(is_converted) AS converted, countIf(NOT is_converted) AS dropped
  FROM (${propertiesOfEntry(withoutProperties(plan), totals)})`),
      // One is added to each number, so that what only converters have is not infinitely strong.
      statement.query(`SELECT place, text, converted, dropped,
    (converted + 1) * (any_dropped - dropped + 1) / ((any_converted - converted + 1) * (dropped + 1))
      AS odds_ratio
  FROM (
    SELECT place, text, any(all_converted) AS any_converted, any(all_dropped) AS any_dropped,
      uniqExactIf(actor, is_converted) AS converted, uniqExactIf(actor, NOT is_converted) AS dropped
    FROM (${sharedBy(plan, statement)})
    GROUP BY place, text
    HAVING converted + dropped >= ${least})
  ORDER BY abs(log(odds_ratio)) DESC, place ASC, text ASC
  LIMIT ${statement.add('UInt32', limit)}`),
    ]
  },

  shape({ query }, [totals = [], rows = []]) {
    const [total] = totals as TotalRow[]
    const properties = propertiesOf(query)
    return {
      converted: Number(total?.converted ?? 0),
      dropped: Number(total?.dropped ?? 0),
      correlations: (rows as CorrelationRow[]).map((row) => ({
        event: properties ? null : row.text,
        property: properties?.[row.place - 1] ?? null,
        value: properties ? row.text : null,
        converted: Number(row.converted),
        dropped: Number(row.dropped),
        odds_ratio: row.odds_ratio,
      })),
    }
  },

  selection: FunnelCorrelationSelection,

  actors(plan, { outcome, event, property, value }) {
    const statement = new Statement(plan.query.project)
    const properties = propertiesOf(plan.query)
    const ended = outcome === 'converted' ? 'is_converted' : 'NOT is_converted'
    const conditions = [ended]
    let rows = propertiesOfEntry(withoutProperties(plan), statement)
    if (event !== null) {
      if (properties) throw refusal('select.event', 'must be null: properties were asked for')
      rows = sharedBy(plan, statement)
      conditions.push(`text = ${statement.add('String', event)}`)
    } else if (property !== null) {
      const place = properties?.findIndex((one) => isSame(one, property)) ?? -1
      if (place < 0) throw refusal('select.property', 'is not one of those that were asked for')
      if (value === null) throw refusal('select.value', 'is required by select.property')
      rows = sharedBy(plan, statement)
      conditions.push(`place = ${place + 1}`, `text = ${statement.add('String', value)}`)
    }
    return {
      statement,
      text: `SELECT DISTINCT actor FROM (${rows}) WHERE ${conditions.join(' AND ')}`,
    }
  },
}

/** SQL of what each actor who converted or dropped out has: place, text. */
function sharedBy(plan: Plan, statement: Statement): string {
  const { correlate } = plan.query
  if ('events' in correlate) {
    const ended = propertiesOfEntry(withoutProperties(plan), statement)
    return eventsOnTheWay(plan, ended, correlate.events.except, statement)
  }
  const attribution: FunnelAttribution = { step: 1 }
  const query = { ...plan.query, breakdowns: correlate.properties, attribution }
  const label = correlate.properties.length > 1 ? 'label' : '[label]'
  return `SELECT *, entry_values[place] AS text
    FROM (
      SELECT *, ${label} AS entry_values, arrayJoin(arrayEnumerate(entry_values)) AS place
      FROM (${propertiesOfEntry({ ...plan, query }, statement)}))
    WHERE text != ''`
}

const withoutProperties = (plan: Plan): Ended => ({
  ...plan,
  query: { ...plan.query, breakdowns: [] },
})

const propertiesOf = ({ correlate }: FunnelCorrelationQuery): PropertyRef[] | null =>
  'properties' in correlate ? correlate.properties : null

const isSame = (a: PropertyRef, b: PropertyRef): boolean => keyOf(a) === keyOf(b)
const keyOf = ({ type = 'event', ...rest }: PropertyRef): string =>
  JSON.stringify(Object.entries({ type, ...rest }).sort())

const refusal = (field: string, message: string): QueryRefusal =>
  new QueryRefusal('invalid_query', `${field} ${message}`, { field })

import type { EventsQuery, EventsResult } from '@headwater/schemas/insights/events'
import type { Query } from '../../store/store.ts'
import { PERSON } from '../actor.ts'
import { questionRange, type Range } from '../date-range.ts'
import { propertyText } from '../property.ts'
import { instant, scopeConditions } from '../scope.ts'
import { Statement } from '../statement.ts'

/** What every list of events shows of one. */
export interface EventRow {
  uuid: string
  event: string
  distinct_id: string
  person: string
  session_id: string
  /** ms. */
  at: string
  is_bot: boolean
}

interface ListedRow extends EventRow {
  /** Values of the properties that were asked for, in order. */
  shown: string[]
}

export interface EventsPlan extends Range {
  query: EventsQuery
}

/** Throws a QueryRefusal. */
export function planEvents(query: EventsQuery, now: number): EventsPlan {
  return { query, ...questionRange(query, { now, firstEventAt: 0 }) }
}

/** SQL of what EventRow holds. */
export const EVENT_ROW = `uuid, event, distinct_id, toString(${PERSON}) AS person, session_id,
    toUnixTimestamp64Milli(timestamp) AS at, is_bot`

/** A page, and one more, which tells that there is another. */
export function compileEvents({ query, from, to }: EventsPlan): Query {
  const statement = new Statement(query.project)
  const scope = { ...query, from, to, events: query.events ?? null }
  const shown = query.properties.map((property, place) =>
    propertyText({ property }, statement, `properties.${place}`),
  )
  const conditions = [
    scopeConditions(scope, statement),
    ...(query.search === undefined ? [] : [searchCondition(query.search, statement)]),
    ...(query.after === undefined ? [] : [afterCondition(query.after, statement)]),
  ]
  return statement.query(`SELECT ${EVENT_ROW},
    ${shown.length === 0 ? 'emptyArrayString()' : `[${shown.join(', ')}]`} AS shown
  FROM events
  WHERE ${conditions.join('\n    AND ')}
  ORDER BY timestamp DESC, uuid DESC LIMIT ${statement.add('UInt32', query.limit + 1)}`)
}

export function shapeEvents(
  { query }: EventsPlan,
  rows: readonly ListedRow[],
): Pick<EventsResult, 'events' | 'next'> {
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  // Two copies of an event are one, also before the store has merged them.
  const unique = page.filter(({ uuid, at }, place) => {
    const before = page[place - 1]
    return before?.uuid !== uuid || before.at !== at
  })
  return {
    events: unique.map(({ shown, ...row }) => ({
      ...shapeEvent(row),
      properties: Object.fromEntries(
        query.properties.map((name, place) => [name, shown[place] || null]),
      ),
    })),
    next: rows.length > query.limit && last ? `${last.at}.${last.uuid}` : null,
  }
}

export const shapeEvent = ({ person, at, session_id, ...row }: EventRow) => ({
  uuid: row.uuid,
  event: row.event,
  distinct_id: row.distinct_id,
  person_id: person,
  session_id: session_id || null,
  timestamp: new Date(Number(at)).toISOString(),
  is_bot: row.is_bot,
})

// What was inserted meanwhile is before the place, or after it: nothing is shown twice or left out.
function afterCondition(after: string, statement: Statement): string {
  const [at = '', uuid = ''] = after.split('.')
  const time = instant(Number(at), statement)
  const id = `toUUID(${statement.add('String', uuid)})`
  return `timestamp <= ${time} AND (timestamp < ${time} OR uuid < ${id})`
}

function searchCondition(search: string, statement: Statement): string {
  const needle = statement.add('String', search)
  const places = ['event', 'distinct_id', 'session_id', 'current_url', 'toString(uuid)']
  // Last: it is read only where nothing else was found.
  const texts = [...places, 'toJSONString(properties)']
  return `(${texts.map((text) => `positionCaseInsensitiveUTF8(${text}, ${needle}) > 0`).join(' OR ')})`
}

import type { PropertyRef } from '@headwater/schemas/insights/property'
import type { SessionProperty } from '@headwater/schemas/insights/session-properties'
import { lineText } from '../lines.ts'
import { projectCondition } from '../scope.ts'
import type { Statement } from '../statement.ts'
import { BOUNCED, HAS_SESSION, LENGTH_MS, ofEntry, ofExit, SESSION, VIEW } from './definition.ts'

/** A reference to a property of the event's session. */
export type SessionRef = PropertyRef & { type: 'session' }

export const isOfSession = (ref: PropertyRef): ref is SessionRef => ref.type === 'session'

/** Aggregates over a session's events. */
const AGGREGATES: Record<SessionProperty, string> = {
  $session_duration: `${LENGTH_MS} / 1000`,
  $event_count: 'count()',
  $pageview_count: `countIf(${VIEW})`,
  $is_bounce: `multiIf(countIf(${VIEW}) = 0, '', ${BOUNCED}, 'true', 'false')`,
  $entry_current_url: ofEntry('current_url'),
  $entry_hostname: ofEntry('host'),
  $entry_pathname: ofEntry('pathname'),
  $exit_current_url: ofExit('current_url'),
  $exit_pathname: ofExit('pathname'),
  $entry_referring_domain: ofEntry('referring_domain'),
  $channel_type: ofEntry('channel'),
  $entry_utm_source: ofEntry('utm_source'),
  $entry_utm_medium: ofEntry('utm_medium'),
  $entry_utm_campaign: ofEntry('utm_campaign'),
  $entry_utm_term: ofEntry('utm_term'),
  $entry_utm_content: ofEntry('utm_content'),
  $entry_country: ofEntry('country'),
}

/**
 * SQL of the text that the event's session has in a property, as much of it as tells two lines apart;
 * '' when there is none.
 */
export function sessionText({ property }: SessionRef, statement: Statement): string {
  const { key } = statement.read
  // Equal texts are read once by the store, however often they stand in a statement.
  const values = statement.once(`session ${key} ${property}`, () => {
    return `(SELECT groupArray((session, ${lineText('text0')})) FROM (${sessionsSql([property], statement)}))`
  })
  return `transform(${SESSION}, ${values}.1, ${values}.2, '')`
}

/**
 * SQL that holds for events whose session meets a condition.
 * @param condition SQL of it, about the columns `text0`, `text1`, …: one for each property.
 * @param holdsWithout Whether it holds for events without a session.
 */
export function sessionCondition(
  properties: readonly string[],
  { condition, holdsWithout }: { condition: string; holdsWithout: boolean },
  statement: Statement,
): string {
  const found = `SELECT session FROM (${sessionsSql(properties, statement)})`
  return holdsWithout
    ? `(${SESSION} NOT IN (${found} WHERE NOT (${condition})))`
    : `(${SESSION} IN (${found} WHERE ${condition}))`
}

/** A SELECT of `session` and a text for each property, of every session with an event that is read. */
function sessionsSql(properties: readonly string[], statement: Statement): string {
  const { from, to, first, last, events, everyEvent, bots } = statement.read
  const project = projectCondition(statement)
  const people = `(${bots} OR NOT is_bot)`
  const texts = properties.map(
    (name, place) => `toString(${AGGREGATES[name as SessionProperty]}) AS text${place}`,
  )
  // Only sessions that an event which is read is in: the others are many, and need not be remembered.
  return `SELECT ${[`${SESSION} AS session`, ...texts].join(', ')}
      FROM events
      WHERE ${project} AND timestamp >= ${from} AND timestamp < ${to} AND ${people} AND ${HAS_SESSION}
        AND (${everyEvent} OR ${SESSION} IN (
          SELECT ${SESSION} FROM events
          WHERE NOT ${everyEvent} AND ${project} AND event IN ${events}
            AND timestamp >= ${first} AND timestamp <= ${last} AND ${people}))
      GROUP BY session`
}

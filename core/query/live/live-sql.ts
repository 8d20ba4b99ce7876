import type { LiveEvents } from '@headwater/schemas/insights/live'
import type { Query } from '../../store/store.ts'
import { PERSON } from '../actor.ts'
import { instant, projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'

/** How far back a new feed begins, minutes. */
const BACKLOG_MINUTES = 5
export const ACTIVE_MINUTES = 5
/** An insert is seen a moment after its rows got their time: so much is looked at again. */
export const OVERLAP_MS = 5_000
/** Rows of one poll; of more, the newest. */
export const MAX_POLLED = 1_000

export interface LiveRow {
  uuid: string
  event: string
  distinct_id: string
  at: string
  inserted: string
  pathname: string
  country: string
  browser: string
  device_type: string
  is_bot: boolean
}

/** The newest rows since a time of insertion, ms; of the last minutes when there is none. */
export function compileArrived(project: string, since: number | null): Query {
  const statement = new Statement(project)
  const begin =
    since === null
      ? `now64(3) - INTERVAL ${BACKLOG_MINUTES} MINUTE`
      : instant(since - OVERLAP_MS, statement)
  return statement.query(`SELECT uuid, event, distinct_id, toUnixTimestamp64Milli(timestamp) AS at,
    toUnixTimestamp64Milli(inserted_at) AS inserted, pathname, country, browser, device_type, is_bot
  FROM events
  WHERE ${projectCondition(statement)} AND inserted_at >= ${begin}
  ORDER BY inserted_at DESC, timestamp DESC, uuid DESC LIMIT ${MAX_POLLED}`)
}

/** How many rows were inserted after one moment, up to another, ms. */
export function compileArrivedCount(project: string, after: number, until: number): Query {
  const statement = new Statement(project)
  return statement.query(`SELECT count() AS n FROM events
  WHERE ${projectCondition(statement)}
    AND inserted_at > ${instant(after, statement)} AND inserted_at <= ${instant(until, statement)}`)
}

/** Who has an event of the last minutes. What happened then was not inserted much before. */
export function compileActive(project: string): Query {
  const statement = new Statement(project)
  return statement.query(`SELECT uniqExact(${PERSON}) AS visitors FROM events
  WHERE ${projectCondition(statement)}
    AND inserted_at >= now64(3) - INTERVAL ${ACTIVE_MINUTES + 2} MINUTE
    AND timestamp >= now64(3) - INTERVAL ${ACTIVE_MINUTES} MINUTE
    AND timestamp <= now64(3) + INTERVAL 2 MINUTE
    AND NOT is_bot`)
}

export const shapeArrived = (row: LiveRow): LiveEvents['events'][number] => ({
  uuid: row.uuid,
  event: row.event,
  distinct_id: row.distinct_id,
  timestamp: new Date(Number(row.at)).toISOString(),
  inserted_at: new Date(Number(row.inserted)).toISOString(),
  pathname: row.pathname || null,
  country: row.country || null,
  browser: row.browser || null,
  device_type: row.device_type || null,
  is_bot: row.is_bot,
})

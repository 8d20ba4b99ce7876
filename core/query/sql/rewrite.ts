import type { Query } from '../../store/store.ts'
import { Statement } from '../statement.ts'
import { Reading } from './reading.ts'
import { readQuery } from './select.ts'

/**
 * Writes a user's statement anew, of parts that we know only, and about one project only. Throws a
 * QueryRefusal that says where the statement is something else than one query of the table events.
 */
export function rewriteSql(project: string, sql: string): Query {
  const statement = new Statement(project)
  const reading = new Reading(sql, statement)
  const text = readQuery(reading)
  if (reading.cursor.peek().kind !== 'end') {
    throw reading.cursor.unexpected('the end of the query')
  }
  return statement.query(text)
}

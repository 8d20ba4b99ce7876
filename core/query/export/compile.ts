import type { ExportColumn, ExportFormat, ExportQuery } from '@headwater/schemas/insights/export'
import type { StreamFormat } from '../../store/raw-store.ts'
import type { Query } from '../../store/store.ts'
import { PERSON } from '../actor.ts'
import { questionRange } from '../date-range.ts'
import { propertyText } from '../property.ts'
import { scopeConditions } from '../scope.ts'
import { quoteName } from '../sql/reading.ts'
import { Statement } from '../statement.ts'

/** What a file of a format is to the store and to who gets it. */
export const FILES: Record<ExportFormat, { stream: StreamFormat; type: string; ending: string }> = {
  csv: { stream: 'CSVWithNames', type: 'text/csv; charset=utf-8; header=present', ending: 'csv' },
  ndjson: { stream: 'JSONEachRow', type: 'application/x-ndjson', ending: 'ndjson' },
  parquet: { stream: 'Parquet', type: 'application/vnd.apache.parquet', ending: 'parquet' },
}

/** Columns whose values are not texts that somebody sent. */
const PLAIN = new Set<ExportColumn>([
  'uuid',
  'person_id',
  'sequence',
  'timestamp',
  'received_at',
  'sent_at',
  'inserted_at',
  'properties',
  'person_set',
  'person_set_once',
  'is_bot',
])

/** The statement of the rows. Throws a QueryRefusal. */
export function compileExport(query: ExportQuery, now: number): Query {
  const statement = new Statement(query.project)
  // All of time begins before any event.
  const { from, to } = questionRange(query, { now, firstEventAt: 0 })
  const isGuarded = query.spreadsheet_safe && query.format === 'csv'
  const text = (sql: string) => (isGuarded ? withoutFormula(sql) : sql)
  const columns = query.columns.map((column) => ({
    name: column,
    sql: column === 'person_id' ? PERSON : column,
    isText: !PLAIN.has(column),
  }))
  const properties = query.properties.map((property, place) => ({
    name: `properties.${property}`,
    sql: propertyText({ property }, statement, `properties.${place}`),
    isText: true,
  }))
  const all = [...columns, ...properties]
  const scope = { ...query, from, to, events: query.events ?? null }
  // Named outside: a name inside would stand for its column in the conditions too.
  return statement.query(`SELECT ${all
    .map(
      ({ name, isText }, place) =>
        `${isText ? text(`c${place}`) : `c${place}`} AS ${quoteName(name)}`,
    )
    .join(', ')}
  FROM (
    SELECT ${all.map(({ sql }, place) => `${sql} AS c${place}`).join(', ')}
    FROM events
    WHERE ${scopeConditions(scope, statement)})`)
}

// Signs with which a spreadsheet's formulas begin.
const withoutFormula = (sql: string): string =>
  `if(match(${sql}, '^[=+@\\t\\r-]'), concat('\\'', ${sql}), toString(${sql}))`

import { PROPERTY_COLUMNS } from '@headwater/schemas/row'
import { PERSON } from '../actor.ts'
import type { Statement } from '../statement.ts'

/** A column that statements can read. */
export interface SqlColumn {
  name: string
  type: string
  description: string
}

const OWN: readonly SqlColumn[] = [
  { name: 'uuid', type: 'UUID', description: "the event's own id" },
  { name: 'event', type: 'LowCardinality(String)', description: "the event's name" },
  { name: 'distinct_id', type: 'String', description: "the sender's id for who did it" },
  { name: 'person_id', type: 'UInt64', description: 'who did it' },
  { name: 'timestamp', type: "DateTime64(3, 'UTC')", description: 'when it happened' },
  { name: 'received_at', type: "DateTime64(3, 'UTC')", description: 'when the edge accepted it' },
  { name: 'sent_at', type: "DateTime64(3, 'UTC')", description: 'when the request went out' },
  { name: 'inserted_at', type: "DateTime64(3, 'UTC')", description: 'when the store took it' },
  {
    name: 'properties',
    type: 'JSON(max_dynamic_paths=64)',
    description:
      'what else the sender says: properties.plan, properties.`a.b`, properties.n.:Int64',
  },
  { name: 'person_set', type: 'JSON(max_dynamic_paths=0)', description: '$set of the event' },
  {
    name: 'person_set_once',
    type: 'JSON(max_dynamic_paths=0)',
    description: '$set_once of the event',
  },
  { name: 'is_bot', type: 'Bool', description: 'whether a bot made it' },
]

const PLAIN_TEXT_COLUMNS = new Set(['session_id', 'current_url', 'pathname', 'referrer'])

const typeOf = (column: string): string => {
  if (column === 'sequence') return 'UInt64'
  return PLAIN_TEXT_COLUMNS.has(column) ? 'String' : 'LowCardinality(String)'
}

/** Every column of the table that statements see. */
export const SQL_COLUMNS: readonly SqlColumn[] = [
  ...OWN,
  ...Object.entries(PROPERTY_COLUMNS).map(([property, column]) => ({
    name: column,
    type: typeOf(column),
    description: `the property ${property}`,
  })),
]

/**
 * SQL of the table as a project sees it. The project's condition is evaluated before any other, by
 * itself: what a statement computes must not touch another project's rows, not even to fail on them.
 */
export function projectTable(statement: Statement): string {
  const columns = SQL_COLUMNS.map(({ name }) =>
    name === 'person_id' ? `${PERSON} AS person_id` : name,
  )
  const project = statement.add('String', statement.project)
  return `(SELECT ${columns.join(', ')} FROM events PREWHERE project_id = ${project})`
}

import type { SqlParams } from '../sql-params.ts'

// How the number of a distinct_id becomes that of its person. The project's overrides are a constant of the
// statement: measured as fast as a dictionary up to 50,000 of them, and it needs no reload, no second copy
// on each node, and is of one state throughout a statement. No override costs nothing.
const OVERRIDES = `(SELECT groupArray((id, person)) FROM person_overrides FINAL
    WHERE project_id = {project:String} AND id != person)`

/** @param id SQL of sipHash64(project_id, distinct_id), a column or a value of it. */
export const personSql = (id: string): string =>
  `transform(${id}, ${OVERRIDES}.1, ${OVERRIDES}.2, ${id})`

/**
 * SQL of the person that an event belongs to. Its text is the same wherever it stands in a statement, so
 * that the store reads the mapping once, and never two states of it.
 */
export const PERSON = personSql('person_id')

/**
 * SQL that holds for rows of certain persons: the distinct_ids that they have are looked up first, so that
 * no other is mapped.
 * @param column Of sipHash64(project_id, distinct_id).
 */
export function isOneOf(
  ids: readonly string[],
  params: SqlParams,
  column: 'person_id' | 'id' = 'person_id',
): string {
  const wanted = params.add('Array(UInt64)', ids)
  return `(${column} IN ${wanted} OR ${column} IN (
      SELECT id FROM person_overrides FINAL
      WHERE project_id = {project:String} AND person IN ${wanted}))
    AND ${personSql(column)} IN ${wanted}`
}

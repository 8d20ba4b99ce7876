import { compareEntries, type JournalEntry } from '../../identity/journal.ts'
import type { Resolution } from '../../identity/resolve.ts'
import { QueryRefusal } from '../errors.ts'
import { projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'
import { personSql } from './person-sql.ts'
import { unknownPerson } from './persons.ts'
import type { Ask } from './properties.ts'

/** Throws a QueryRefusal when the project has no such link. */
export async function findLink(
  uuid: string,
  { project, ask }: { project: string; ask: Ask },
): Promise<JournalEntry> {
  const statement = new Statement(project)
  const rows = await ask<Omit<JournalEntry, 'timestamp'> & { timestamp: string }>(
    statement.query(`SELECT toString(uuid) AS uuid, kind, from_id, to_id, toString(target) AS target,
    toUnixTimestamp64Milli(timestamp) AS timestamp
  FROM person_links
  WHERE ${projectCondition(statement)} AND person_links.uuid = toUUID(${statement.add('String', uuid)})
    AND kind NOT IN ('undo', 'redo')`),
  )
  const [first] = rows
    .map((row) => ({ ...row, timestamp: Number(row.timestamp) }))
    .sort(compareEntries)
  if (!first) throw new QueryRefusal('unknown_link', `there is no link ${uuid}`)
  return first
}

/** That after which the person is numbered, so that merging keeps the number. Throws a QueryRefusal. */
export async function distinctIdOf(
  project: string,
  person: string,
  field: string,
  ask: Ask,
): Promise<string> {
  const statement = new Statement(project)
  const number = `toUInt64(${statement.add('String', person)})`
  const [row] = await ask<{ distinct_id: string }>(
    statement.query(`SELECT distinct_id FROM (
    SELECT canonical AS distinct_id FROM person_overrides FINAL
    WHERE ${projectCondition(statement)} AND person = ${number} LIMIT 1
    UNION ALL
    SELECT distinct_id FROM events
    WHERE ${projectCondition(statement)} AND person_id = ${number} AND ${personSql('person_id')} = ${number}
    LIMIT 1)
  LIMIT 1`),
  )
  if (!row) throw unknownPerson(person, field)
  return row.distinct_id
}

/** Who the two ends of a link are. */
export async function numbersOf(
  project: string,
  { from_id, to_id }: JournalEntry,
  { persons }: Resolution,
  ask: Ask,
): Promise<[string, string]> {
  const statement = new Statement(project)
  const numbers = [from_id, to_id].map((id) => {
    const canonical = statement.add('String', persons.get(id)?.canonical ?? id)
    return `toString(sipHash64({project:String}, ${canonical}))`
  })
  const [row] = await ask<{ from: string; to: string }>(
    statement.query(`SELECT ${numbers[0]} AS \`from\`, ${numbers[1]} AS \`to\``),
  )
  return [row?.from ?? '', row?.to ?? '']
}

import type { PropertyDefinitions, ValueType } from '@headwater/schemas/insights/definitions'
import { PROPERTY_COLUMNS } from '@headwater/schemas/row'
import type { Query } from '../../store/store.ts'
import { propertyText, unescapeDots } from '../property.ts'
import { scopeConditions } from '../scope.ts'
import { Statement } from '../statement.ts'
import { recent } from './events.ts'

export const PROPERTY_DAYS = 30
/** Events that are looked at, of each name; and of how many names. */
const EVENTS_OF_A_NAME = 1_000
const MAX_NAMES = 50
const MAX_PROPERTIES = 500
const SAMPLES = 5
const MAX_SAMPLE_LENGTH = 100

type Definition = Omit<PropertyDefinitions['properties'][number], 'description' | 'hidden'>

/** A path into properties, with what its values are. */
export interface PathRow {
  path: string
  types: string[]
  count: string
  first_seen: string
  last_seen: string
}

/** What is said of all paths at once. */
export interface SampleRow {
  events: string
  samples: string[][]
  counts: string[]
  firsts: string[]
  lasts: string[]
}

const SERVER = Object.keys(PROPERTY_COLUMNS)

/** The names whose events are looked at. */
export const sampledNames = (names: readonly string[]): string[] => names.slice(0, MAX_NAMES)

/**
 * Paths, and the objects on the way to them, in a sample of events. Of each name the sample has as many as
 * of any other: a rare event's properties are found too, and the cost does not grow with the project.
 */
export function compilePaths(project: string, names: readonly string[], now: number): Query {
  const statement = new Statement(project)
  const parents = `arrayMap(length -> arrayStringConcat(arraySlice(parts, 1, length), '.'),
        range(1, length(parts)))`
  return statement.query(`SELECT path, groupUniqArray(type) AS types, count() AS count,
    toUnixTimestamp64Milli(min(timestamp)) AS first_seen,
    toUnixTimestamp64Milli(max(timestamp)) AS last_seen
  FROM (
    SELECT timestamp, JSONAllPathsWithTypes(properties) AS leaves,
      arrayDistinct(arrayFlatten(arrayMap(parts -> ${parents},
        arrayMap(leaf -> splitByChar('.', leaf), mapKeys(leaves))))) AS objects,
      arrayConcat(mapKeys(leaves), objects) AS paths,
      arrayConcat(mapValues(leaves), arrayMap(object -> 'Object', objects)) AS kinds
    FROM (${sampleSql(names, now, statement)}))
  ARRAY JOIN paths AS path, kinds AS type
  GROUP BY path
  ORDER BY count DESC, path ASC LIMIT ${MAX_PROPERTIES}`)
}

/** Some values of each property, and how often those of the server are there, in the same sample. */
export function compileSamples(
  project: string,
  names: readonly string[],
  properties: readonly string[],
  now: number,
): Query {
  const statement = new Statement(project)
  const all = [...SERVER, ...properties].map((property) => propertyText({ property }, statement))
  const each = (sql: (text: string) => string) => `[${all.map(sql).join(',\n    ')}]`
  return statement.query(`SELECT count() AS events,
    ${each((text) => `groupUniqArrayIf(${SAMPLES})(leftUTF8(${text}, ${MAX_SAMPLE_LENGTH}), ${text} != '')`)} AS samples,
    ${each((text) => `countIf(${text} != '')`)} AS counts,
    ${each((text) => `toUnixTimestamp64Milli(minIf(timestamp, ${text} != ''))`)} AS firsts,
    ${each((text) => `toUnixTimestamp64Milli(maxIf(timestamp, ${text} != ''))`)} AS lasts
  FROM (${sampleSql(names, now, statement)})`)
}

/** Names of the properties that can be asked for, of their paths. */
export const propertyNames = (rows: readonly PathRow[]): string[] =>
  rows.map(({ path }) => unescapeDots(path)).filter(isAskable)

// What the store takes for its own syntax cannot be asked for, and so is not offered.
const isAskable = (name: string): boolean => name !== '' && !/(^|\.)[:^]`/.test(name)

export function shapeProperties(
  rows: readonly PathRow[],
  sample: SampleRow | undefined,
): { properties: Definition[]; sampled_events: number } {
  const at = (place: number) => ({
    samples: [...(sample?.samples[place] ?? [])].sort(),
    count: Number(sample?.counts[place] ?? 0),
    first: sample?.firsts[place],
    last: sample?.lasts[place],
  })
  const server = SERVER.map((name, place): Definition => {
    const { samples, count, first, last } = at(place)
    const seen = (ms: string | undefined) => (count > 0 ? new Date(Number(ms)).toISOString() : null)
    const types: ValueType[] = [name === '$sequence' ? 'number' : 'string']
    return {
      name,
      source: 'server',
      types: count > 0 ? types : [],
      count,
      first_seen: seen(first),
      last_seen: seen(last),
      samples,
    }
  })
  const sent = rows
    .filter(({ path }) => isAskable(unescapeDots(path)))
    .map((row, place): Definition => {
      const { samples } = at(SERVER.length + place)
      return {
        name: unescapeDots(row.path),
        source: 'sender',
        types: typesOf(row.types, samples),
        count: Number(row.count),
        first_seen: new Date(Number(row.first_seen)).toISOString(),
        last_seen: new Date(Number(row.last_seen)).toISOString(),
        samples,
      }
    })
  const known = new Set(SERVER)
  return {
    properties: [...server, ...sent.filter(({ name }) => !known.has(name))],
    sampled_events: Number(sample?.events ?? 0),
  }
}

function typesOf(stored: readonly string[], samples: readonly string[]): ValueType[] {
  const types = new Set(stored.map(typeOf))
  const areDates = samples.length > 0 && samples.every((text) => DATE.test(text))
  if (types.size === 1 && types.has('string') && areDates) return ['date']
  return [...types].sort()
}

/** A day, or a moment of one. */
const DATE =
  /^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

function typeOf(stored: string): ValueType {
  if (stored.startsWith('Array')) return 'array'
  if (/^U?Int|^Float/.test(stored)) return 'number'
  if (stored === 'Bool') return 'boolean'
  return stored === 'Object' || stored.startsWith('JSON') ? 'object' : 'string'
}

function sampleSql(names: readonly string[], now: number, statement: Statement): string {
  const columns = ['timestamp', 'properties', ...Object.values(PROPERTY_COLUMNS)].join(', ')
  const scope = recent(now, PROPERTY_DAYS)
  const parts = names.map(
    (name) => `SELECT ${columns} FROM events
      WHERE ${scopeConditions({ ...scope, events: [name] }, statement)} LIMIT ${EVENTS_OF_A_NAME}`,
  )
  return parts.join('\n    UNION ALL ')
}

import { isProjectId } from '@headwater/schemas/project-id'
import { type Defaults, type ReadState, reader } from './url-reader.ts'

export interface SqlQuestion {
  project: string
  /** Empty while nothing was asked. */
  sql: string
  /** Rows of the answer, at most. */
  limit: number
}

/** The contract's. */
const MAX_SQL_LENGTH = 20_000
export const SQL_LIMITS = { '100': '100', '1000': '1,000', '10000': '10,000' } as const

export function readSql(params: URLSearchParams, defaults: Defaults): ReadState<SqlQuestion> {
  const read = reader(params)
  const question = {
    project: read.one('project', (text) => (isProjectId(text) ? text : null), defaults.project),
    sql: read.one('sql', (text) => (text.length <= MAX_SQL_LENGTH ? text : null), ''),
    limit: read.one('limit', (text) => (text in SQL_LIMITS ? Number(text) : null), 1_000),
  }
  return { question, ignored: read.ignored }
}

export function writeSql({ project, sql, limit }: SqlQuestion): URLSearchParams {
  return new URLSearchParams({
    project,
    ...(sql !== '' && { sql }),
    ...(limit !== 1_000 && { limit: String(limit) }),
  })
}

/** Statements to begin with. */
export const EXAMPLES: readonly { title: string; sql: string }[] = [
  {
    title: 'Events by name',
    sql: 'SELECT event, count() AS times, uniqExact(person_id) AS persons\nFROM events\nGROUP BY event\nORDER BY times DESC',
  },
  {
    title: 'Persons a day',
    sql: 'SELECT toDate(timestamp) AS day, uniqExact(person_id) AS persons\nFROM events\nWHERE timestamp > now() - INTERVAL 30 DAY\nGROUP BY day\nORDER BY day',
  },
  {
    title: 'Pages and where people came from',
    sql: "SELECT pathname, channel, count() AS views\nFROM events\nWHERE event = '$pageview'\nGROUP BY pathname, channel\nORDER BY views DESC\nLIMIT 50",
  },
]

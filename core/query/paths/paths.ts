import {
  type PathsQuery,
  type PathsResult,
  PathsSelection,
} from '@headwater/schemas/insights/paths'
import { questionRange, type Range } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { Insight } from '../insight.ts'
import { Statement } from '../statement.ts'
import { edgesSql } from './edges-sql.ts'
import { nodeNamed, nodeNamesSql } from './nodes-sql.ts'
import { type PathRow, shapePaths } from './shape.ts'
import { stepsSql } from './walks-sql.ts'

export interface PathsPlan extends Range {
  query: PathsQuery
}

export const paths: Insight<PathsQuery, PathsPlan, PathsResult, PathsSelection> = {
  plan(query, moment) {
    if (query.start !== undefined && query.start === query.end) {
      throw new QueryRefusal('invalid_query', 'end must be another node than start', {
        field: 'end',
      })
    }
    return { query, ...questionRange(query, moment) }
  },

  compile({ query, from, to }) {
    const statement = new Statement(query.project)
    const steps = stepsSql(query, { from, to }, statement)
    const names = nodeNamesSql(query, { from, to }, statement)
    return [statement.query(edgesSql(steps, names, query.edge_limit, statement))]
  },

  shape: (_, [rows = []]) => shapePaths(rows as PathRow[]),

  selection: PathsSelection,

  actors({ query, from, to }, { step, name, next }) {
    const statement = new Statement(query.project)
    const conditions = [
      `step = ${statement.add('Int64', step)}`,
      `node = ${nodeNamed(name, statement)}`,
      ...(next === undefined ? [] : [onwards(next, statement)]),
    ]
    const text = `SELECT DISTINCT actor FROM (${stepsSql(query, { from, to }, statement)})
    WHERE ${conditions.join(' AND ')}`
    return { statement, text }
  },
}

const onwards = (next: string | null, statement: Statement): string =>
  next === null ? 'is_exit' : `next = ${nodeNamed(next, statement)}`

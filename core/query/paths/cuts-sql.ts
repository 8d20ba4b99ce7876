import type { PathsQuery } from '@headwater/schemas/insights/paths'
import type { Statement } from '../statement.ts'
import { NO_NODE, nodeNamed } from './nodes-sql.ts'

/**
 * Arrays of what is known of an actor's nodes, in order: the `nodes`, the `times` of coming to them, ms, and the
 * numbers of their `paths`, which only tell one path from the next.
 */
export const WALK = ['nodes', 'times', 'paths']

/** What no path has as its number. */
const NO_PATH = 'toUInt64(-1)'

/** SQL of whether each node is the first, or the last, of its path. */
export const BEGINS = `arrayMap((path, before) -> path != before, paths, arrayShiftRight(paths, 1, ${NO_PATH}))`
export const ENDS = `arrayMap((path, after) -> path != after, paths, arrayShiftLeft(paths, 1, ${NO_PATH}))`

/**
 * The arrays of WALK, cut as a question wants its paths. With an `end` also `exits`: whether a node is the last of
 * its path, not only of what was cut out of it.
 */
export function cutSql(walks: string, query: PathsQuery, statement: Statement): string {
  const { start, end, through } = query
  const facts = end === undefined ? WALK : [...WALK, 'exits']
  let cut = walks
  if (start !== undefined) cut = keeping(WALK, since(isNode(start, statement)), cut)
  if (end !== undefined) {
    const whole = `SELECT actor, ${WALK.join(', ')}, ${ENDS} AS exits FROM (${cut})`
    cut = keeping(facts, upTo(end, statement), whole)
  }
  if (through === undefined) return cut
  const passes = isNode(through, statement)
  const goesBy = `arrayMap((was, comes) -> was OR comes, ${since(passes)}, ${until(passes)})`
  return keeping(facts, goesBy, cut)
}

/**
 * The rows with only those elements of their arrays that an array of flags says.
 *
 * @param facts Names of the arrays.
 */
export function keeping(facts: readonly string[], flags: string, rows: string): string {
  const kept = facts.map((fact) => `arrayFilter((one, keeps) -> keeps, ${fact}, kept) AS ${fact}`)
  return `SELECT actor, ${kept.join(', ')}
      FROM (SELECT actor, ${facts.join(', ')}, ${flags} AS kept FROM (${rows}))`
}

const isNode = (name: string, statement: Statement): string =>
  `arrayMap(node -> node = ${nodeNamed(name, statement)}, nodes)`

/** SQL of whether a flag is set at this node of its path or at an earlier one; at this one or a later one. */
const since = (flags: string): string =>
  `arrayFill((flag, begins) -> flag OR begins, ${flags}, ${BEGINS})`
const until = (flags: string): string =>
  `arrayReverseFill((flag, ends) -> flag OR ends, ${flags}, ${ENDS})`

/** SQL of whether each node is not behind its path's first of a name; no node is where there is none. */
function upTo(name: string, statement: Statement): string {
  const isAfter = `arrayMap((before, begins) -> before = ${nodeNamed(name, statement)} AND NOT begins,
            arrayShiftRight(nodes, 1, ${NO_NODE}), ${BEGINS})`
  return `arrayMap((comes, was) -> comes AND NOT was,
          ${until(isNode(name, statement))}, ${since(isAfter)})`
}

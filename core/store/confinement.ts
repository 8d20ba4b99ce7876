import { PROJECT_ID } from '@headwater/schemas/project-id'
import type { ConfinedAnswer, Confinement } from './raw-store.ts'

/** Column names, their types, and rows as lists: a row has no names that could be the same. */
export const CONFINED_FORMAT = 'JSONCompactEachRowWithNamesAndTypes'

type Settings = Record<string, string | number>

/**
 * Settings of a confined statement, for the statement as a whole: `readonly` lets nothing in it change
 * them. `tables` are the names, with the database, under which events are read.
 */
export function confinedSettings(
  { project, maxRows, maxBytes, maxMemoryBytes }: Confinement,
  tables: readonly string[],
): Settings {
  if (!PROJECT_ID.test(project)) throw new Error('not the id of a project')
  const filters = tables.map((table) => `'${table}':'project_id = \\'${project}\\''`)
  return {
    additional_table_filters: `{${filters.join(',')}}`,
    // What is computed of a row must not be computed of another project's, not even to fail on it: the
    // project's condition stays the first, alone.
    optimize_move_to_prewhere: 0,
    query_plan_optimize_prewhere: 0,
    short_circuit_function_evaluation: 'force_enable',
    // One more tells that there are more.
    limit: maxRows + 1,
    max_result_bytes: maxBytes,
    max_memory_usage: maxMemoryBytes,
    // Nothing goes to the disk instead of memory.
    max_bytes_before_external_group_by: 0,
    max_bytes_ratio_before_external_group_by: 0,
    max_bytes_before_external_sort: 0,
    max_bytes_ratio_before_external_sort: 0,
    // Work on one block of rows is not interrupted: it must not be long.
    function_range_max_elements_in_block: 10_000_000,
    // A short text can mean a huge query: names that stand for names, and queries for queries.
    max_ast_depth: 300,
    max_ast_elements: 20_000,
    max_expanded_ast_elements: 20_000,
    max_subquery_depth: 30,
    // Properties have values of many types; rows are grouped by type and value.
    allow_suspicious_types_in_group_by: 1,
    allow_suspicious_types_in_order_by: 1,
    allow_ddl: 0,
    allow_introspection_functions: 0,
  }
}

/** Reads an answer in CONFINED_FORMAT. */
export function confinedAnswer(text: string, maxRows: number): ConfinedAnswer {
  const [names = [], types = [], ...rows] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown[])
  return {
    columns: names.map((name, place) => ({ name: String(name), type: String(types[place]) })),
    rows: rows.slice(0, maxRows),
    truncated: rows.length > maxRows,
  }
}

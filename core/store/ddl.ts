import type { Cluster } from './cluster.ts'

/**
 * By what a table's rows are spread over the shards. Null: every node has all of them, as the journal
 * of migrations must be read the same on each.
 */
const SHARDING: Record<string, string | null> = {
  migrations: null,
  // The expression of person_id: all events of a distinct_id are on one shard.
  events: 'sipHash64(project_id, distinct_id)',
  dead_letters: 'sipHash64(project_id, record_key)',
  dead_letter_replays: 'sipHash64(project_id, log_id, log_partition, log_offset)',
  // What a question needs of them is asked once and sent to every shard.
  person_links: 'sipHash64(project_id)',
  person_overrides: 'sipHash64(project_id)',
  actor_properties: 'sipHash64(project_id, owner)',
  definitions: 'sipHash64(project_id)',
  identity_progress: 'sipHash64(keeper)',
}

/** Tokens of inserts are forgotten after this, however few they are. */
const DEDUPLICATION_SECONDS = 7 * 24 * 3600

/** The name, on each node of a cluster, of the table that holds the rows of `table`. */
export const localTable = (table: string): string => `${table}_local`

/**
 * What one statement of schemas/clickhouse is on a cluster: several, in order, each of which may be run
 * again. Throws when it is not known how the statement, or its table, is to be spread.
 */
export function clusterStatements(statement: string, cluster: Cluster): string[] {
  const code = statement.replace(/^\s*--.*\n/gm, '').trim()
  const [, verb = '', table = ''] =
    /^(CREATE TABLE IF NOT EXISTS|ALTER TABLE|INSERT INTO) (\w+)/.exec(code) ?? []
  const key = SHARDING[table]
  if (verb === '' || key === undefined) {
    throw new Error(`core/store/ddl.ts does not know how to spread: ${code.slice(0, 60)}`)
  }
  if (verb.startsWith('CREATE')) return create(code, table, key, cluster)
  if (verb.startsWith('ALTER')) return alter(code, table, key, cluster)
  return [code]
}

function create(code: string, table: string, key: string | null, cluster: Cluster): string[] {
  const rest = replicated(code.slice(code.indexOf('(')), table, key)
  const on = `ON CLUSTER '${cluster.name}'`
  if (key === null) return [`CREATE TABLE IF NOT EXISTS ${table} ${on}\n${rest}`]
  const local = localTable(table)
  const target = `'${cluster.name}', '${cluster.database}', '${local}', ${key}`
  return [
    `CREATE TABLE IF NOT EXISTS ${local} ${on}\n${rest}`,
    `CREATE TABLE IF NOT EXISTS ${table} ${on} AS ${local}\nENGINE = Distributed(${target})`,
  ]
}

function alter(code: string, table: string, key: string | null, cluster: Cluster): string[] {
  const changes = replicatedSettings(code.slice(`ALTER TABLE ${table}`.length).trim())
  const change = (name: string) => `ALTER TABLE ${name} ON CLUSTER '${cluster.name}'\n${changes}`
  if (key === null) return [change(table)]
  // The table that only passes rows on has columns, but neither settings nor indices.
  const hasColumns = /\bCOLUMN\b/.test(changes)
  return hasColumns ? [change(localTable(table)), change(table)] : [change(localTable(table))]
}

function replicated(rest: string, table: string, key: string | null): string {
  const path =
    key === null
      ? // One replica on every node, whatever its shard.
        "'/clickhouse/tables/{database}/{table}', '{shard}-{replica}'"
      : "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
  const engine = /^ENGINE = (\w*MergeTree)(?:\((\w+)\))?$/m
  if (!engine.test(rest)) throw new Error(`core/store/ddl.ts does not know the engine of ${table}`)
  return replicatedSettings(
    rest.replace(engine, (_, name: string, version?: string) => {
      const facts = version === undefined ? path : `${path}, ${version}`
      return `ENGINE = Replicated${name}(${facts})`
    }),
  )
}

const replicatedSettings = (text: string): string =>
  text.replace(
    /\bnon_replicated_deduplication_window = (\d+)/g,
    `replicated_deduplication_window = $1,\n    replicated_deduplication_window_seconds = ${DEDUPLICATION_SECONDS}`,
  )

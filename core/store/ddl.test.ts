import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import { describe, expect, it } from 'vitest'
import { clusterStatements } from './ddl.ts'
import { MIGRATIONS_FOLDER, readMigrations } from './migrate.ts'

const CLUSTER = { name: 'all', database: 'headwater' }
const spread = (statement: string) => clusterStatements(statement, CLUSTER)

const THINGS = `-- A thing.
CREATE TABLE IF NOT EXISTS events
(
    a String, -- CREATE TABLE IF NOT EXISTS not this
    b String
)
ENGINE = ReplacingMergeTree
ORDER BY (a, b)
SETTINGS non_replicated_deduplication_window = 5
`

describe('on a cluster', () => {
  it('a table is a replicated one on each node, and one that spreads rows by person', () => {
    expect(spread(THINGS)).toEqual([
      `CREATE TABLE IF NOT EXISTS events_local ON CLUSTER 'all'
(
    a String, -- CREATE TABLE IF NOT EXISTS not this
    b String
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
ORDER BY (a, b)
SETTINGS replicated_deduplication_window = 5,
    replicated_deduplication_window_seconds = 604800`,
      `CREATE TABLE IF NOT EXISTS events ON CLUSTER 'all' AS events_local
ENGINE = Distributed('all', 'headwater', 'events_local', sipHash64(project_id, distinct_id))`,
    ])
  })

  it('a table that keeps the greatest version still does', () => {
    const [local] = spread(THINGS.replace('MergeTree', 'MergeTree(b)'))
    expect(local).toContain("{table}', '{replica}', b)\nORDER BY")
  })

  it('the journal of migrations is whole on every node', () => {
    const [only, ...others] = spread(
      'CREATE TABLE IF NOT EXISTS migrations\n(n Int8)\nENGINE = ReplacingMergeTree\nORDER BY n',
    )
    expect(only).toContain(
      "ReplicatedReplacingMergeTree('/clickhouse/tables/{database}/{table}', '{shard}-{replica}')",
    )
    expect(others).toEqual([])
    const record = "INSERT INTO migrations (number) VALUES (1, 'x')"
    expect(spread(record)).toEqual([record])
  })

  it('columns change in both tables, settings only where the rows are', () => {
    expect(spread('ALTER TABLE events ADD COLUMN IF NOT EXISTS c String')).toEqual([
      "ALTER TABLE events_local ON CLUSTER 'all'\nADD COLUMN IF NOT EXISTS c String",
      "ALTER TABLE events ON CLUSTER 'all'\nADD COLUMN IF NOT EXISTS c String",
    ])
    expect(spread('ALTER TABLE events MODIFY SETTING merge_max_block_size = 1')).toEqual([
      "ALTER TABLE events_local ON CLUSTER 'all'\nMODIFY SETTING merge_max_block_size = 1",
    ])
  })

  it.each([
    ['a table whose rows it does not know how to spread', THINGS.replace('events', 'strangers')],
    ['an engine that cannot be replicated', THINGS.replace('ReplacingMergeTree', 'Log')],
    ['a statement that cannot be run again', THINGS.replace(' IF NOT EXISTS', '')],
    ['another kind of statement', 'DROP TABLE events'],
  ])('%s is refused', (_, statement) => {
    expect(() => spread(statement)).toThrow('core/store/ddl.ts does not know')
  })
})

describe('the migrations', () => {
  it('can be run again, each of them', async () => {
    for (const { name, statement } of await readMigrations(MIGRATIONS_FOLDER)) {
      const code = statement.replace(/--.*$/gm, '').trim()
      expect(code, name).toMatch(
        /^CREATE TABLE IF NOT EXISTS|^ALTER TABLE \w+ (MODIFY SETTING|(ADD|DROP) \w+ IF (NOT )?EXISTS)/,
      )
    }
  })

  it('spread events by the expression that makes person_id', async () => {
    const statements = (await readMigrations(MIGRATIONS_FOLDER)).map(({ statement }) => statement)
    const [, expression] = /person_id UInt64 MATERIALIZED (.+),$/m.exec(statements.join('\n')) ?? []
    expect(statements.flatMap(spread).join('\n')).toContain(`'events_local', ${expression})`)
  })

  it('are understood by ClickHouse on a cluster, all of them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headwater-ddl-'))
    const session = new Session(folder)
    for (const { statement } of await readMigrations(MIGRATIONS_FOLDER)) {
      for (const sql of spread(statement)) {
        const tree = String(session.query(`EXPLAIN AST ${sql}`, 'TSV'))
        expect(tree).toMatch(/^(Create|Alter|Insert)Query/)
      }
    }
    session.close()
    await rm(folder, { recursive: true })
  })
})

import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../shared/clock.ts'
import { type GroupStore, joinGroup } from './group.ts'
import type {
  EventLog,
  LogRecord,
  PartitionHandler,
  PartitionProgress,
  PartitionState,
  ReadOptions,
  StoredRecord,
  Subscription,
} from './log.ts'
import { partitionOf } from './murmur2.ts'
import type { Standing } from './partition-calls.ts'

export interface SqliteLogOptions {
  path: string
  /** Fixed when the file is made; a file made with another count keeps its own. */
  partitions: number
  clock: Clock
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS chunks (
    partition INTEGER NOT NULL,
    first_offset INTEGER NOT NULL,
    count INTEGER NOT NULL,
    appended_at INTEGER NOT NULL,
    heads TEXT NOT NULL,
    record_values TEXT NOT NULL,
    PRIMARY KEY (partition, first_offset)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ends (partition INTEGER PRIMARY KEY, end_offset INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS standings (
    group_name TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    planned_offset INTEGER, last_appended_at INTEGER,
    PRIMARY KEY (group_name, partition)
  ) WITHOUT ROWID;
  -- What files of the first release call their standings.
  CREATE TABLE IF NOT EXISTS commits (
    group_name TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    PRIMARY KEY (group_name, partition)
  ) WITHOUT ROWID;
  INSERT OR IGNORE INTO standings SELECT group_name, partition, next_offset, NULL, NULL FROM commits;
  DROP TABLE commits;
`

interface Waiting {
  records: readonly LogRecord[]
  resolve(): void
  reject(error: unknown): void
}

interface ChunkRow {
  first_offset: number
  count: number
  appended_at: number
  heads: string
  record_values: string
}

/** A record but for its value, whose length stands in its place: values are kept as they are, unescaped. */
type Head = [key: string, uuid: string, shard: string, seq: number, idx: number, length: number]

/** An EventLog in one file: many records share a row, concurrent appends share a commit and its fsync. */
export class SqliteLog implements EventLog, GroupStore {
  readonly id: string
  readonly partitionCount: number
  #db: DatabaseSync
  #clock: Clock
  #waiting: Waiting[] = []
  #scheduled = false
  #listeners = new Set<() => void>()
  #closed = false
  /** Kept beside the table, so that a waiting reader asks for nothing. */
  #ends: number[] = []

  constructor({ path, partitions, clock }: SqliteLogOptions) {
    this.#db = new DatabaseSync(path)
    this.#db.exec(SCHEMA)
    this.#clock = clock
    this.id = this.#fact('id', randomBytes(8).toString('hex'))
    this.partitionCount = Number(this.#fact('partitions', String(partitions)))
    const seed = this.#db.prepare('INSERT OR IGNORE INTO ends VALUES (?, 0)')
    for (let i = 0; i < this.partitionCount; i++) seed.run(i)
    for (const row of this.#db.prepare('SELECT end_offset FROM ends ORDER BY partition').all()) {
      this.#ends.push(Number(row.end_offset))
    }
  }

  append(records: readonly LogRecord[]): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the log is closed'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject })
      if (this.#scheduled) return
      this.#scheduled = true
      setImmediate(() => this.#commitWaiting())
    })
  }

  async partitions(): Promise<PartitionState[]> {
    const rows = this.#db
      .prepare(
        `SELECT partition, end_offset AS "end", coalesce((SELECT min(first_offset) FROM chunks
         WHERE chunks.partition = ends.partition), end_offset) AS start FROM ends ORDER BY partition`,
      )
      .all() as unknown as PartitionState[]
    return rows.map(({ partition, start, end }) => ({ partition, start, end }))
  }

  subscribe(group: string, handler: PartitionHandler, options: ReadOptions): Promise<Subscription> {
    return joinGroup(this, group, handler, options)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#commitWaiting()
    this.#closed = true
    this.#db.close()
  }

  /** Records from an offset on, at most `max`; fewer when a chunk ends there. */
  read(partition: number, offset: number, max: number): StoredRecord[] {
    const chunk = this.#db.prepare(
      `SELECT first_offset, count, appended_at, heads, record_values FROM chunks
       WHERE partition = ? AND first_offset <= ? ORDER BY first_offset DESC LIMIT 1`,
    )
    const next = this.#db.prepare(
      `SELECT first_offset, count, appended_at, heads, record_values FROM chunks
       WHERE partition = ? AND first_offset > ? ORDER BY first_offset LIMIT 1`,
    )
    const found: StoredRecord[] = []
    let row = chunk.get(partition, offset) as unknown as ChunkRow | undefined
    if (!row || row.first_offset + row.count <= offset) {
      row = next.get(partition, offset) as unknown as ChunkRow | undefined
    }
    while (row && found.length < max) {
      addRecords(found, row, offset, max)
      row = next.get(partition, row.first_offset) as unknown as ChunkRow | undefined
    }
    return found
  }

  end(partition: number): number {
    return this.#ends[partition] ?? 0
  }

  async progress(group: string): Promise<PartitionProgress[]> {
    return this.#db
      .prepare(
        `SELECT partition, next_offset AS next, last_appended_at AS lastAppendedAt FROM standings
         WHERE group_name = ? ORDER BY partition`,
      )
      .all(group) as unknown as PartitionProgress[]
  }

  standing(group: string, partition: number): Standing | null {
    const row = this.#db
      .prepare(
        `SELECT next_offset AS next, planned_offset AS planned, last_appended_at AS lastAppendedAt
         FROM standings WHERE group_name = ? AND partition = ?`,
      )
      .get(group, partition) as unknown as Standing | undefined
    return row ?? null
  }

  keepStanding(group: string, partition: number, standing: Standing): void {
    if (this.#closed) throw new Error('the log is closed')
    const { next, planned, lastAppendedAt } = standing
    this.#db
      .prepare('INSERT OR REPLACE INTO standings VALUES (?, ?, ?, ?, ?)')
      .run(group, partition, next, planned, lastAppendedAt)
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Removes chunks older than this that every group has read past. Returns how many records went. */
  retain(olderThan: number): number {
    const row = this.#db
      .prepare(
        `SELECT coalesce(sum(count), 0) AS gone FROM chunks WHERE appended_at < ? AND
         first_offset + count <= (SELECT min(next_offset) FROM standings WHERE standings.partition = chunks.partition)`,
      )
      .get(olderThan) as { gone: number }
    this.#db
      .prepare(
        `DELETE FROM chunks WHERE appended_at < ? AND
         first_offset + count <= (SELECT min(next_offset) FROM standings WHERE standings.partition = chunks.partition)`,
      )
      .run(olderThan)
    return row.gone
  }

  #commitWaiting(): void {
    this.#scheduled = false
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length === 0) return
    try {
      this.#insert(waiting.flatMap(({ records }) => records))
    } catch (error) {
      for (const { reject } of waiting) reject(error)
      return
    }
    for (const { resolve } of waiting) resolve()
    for (const listener of this.#listeners) listener()
  }

  #insert(records: readonly LogRecord[]): void {
    const byPartition = new Map<number, LogRecord[]>()
    for (const record of records) {
      const partition = partitionOf(record.key, this.partitionCount)
      const list = byPartition.get(partition)
      if (list) list.push(record)
      else byPartition.set(partition, [record])
    }
    const now = this.#clock()
    const advance = this.#db.prepare(
      'UPDATE ends SET end_offset = end_offset + ? WHERE partition = ? RETURNING end_offset',
    )
    const ends = new Map<number, number>()
    const insert = this.#db.prepare('INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?)')
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const [partition, list] of byPartition) {
        const end = advance.get(list.length, partition) as { end_offset: number }
        insert.run(
          partition,
          end.end_offset - list.length,
          list.length,
          now,
          encodeHeads(list),
          joinValues(list),
        )
        ends.set(partition, end.end_offset)
      }
      this.#db.exec('COMMIT')
      for (const [partition, end] of ends) this.#ends[partition] = end
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  #fact(name: string, value: string): string {
    this.#db.prepare('INSERT OR IGNORE INTO facts VALUES (?, ?)').run(name, value)
    const row = this.#db.prepare('SELECT value FROM facts WHERE name = ?').get(name)
    return String(row?.value)
  }
}

function encodeHeads(records: readonly LogRecord[]): string {
  const heads = records.map(
    ({ key, uuid, shard, seq, idx, value }): Head => [key, uuid, shard, seq, idx, value.length],
  )
  return JSON.stringify(heads)
}

function joinValues(records: readonly LogRecord[]): string {
  return records.map(({ value }) => value).join('')
}

function addRecords(found: StoredRecord[], row: ChunkRow, from: number, max: number): void {
  let end = 0
  let offset = row.first_offset
  for (const [key, uuid, shard, seq, idx, length] of JSON.parse(row.heads) as Head[]) {
    if (found.length >= max) return
    const value = row.record_values.slice(end, end + length)
    if (offset >= from) {
      found.push({ key, value, uuid, shard, seq, idx, offset, appendedAt: row.appended_at })
    }
    end += length
    offset++
  }
}

/** Opens the log's file, making it when it is not there. */
export function openSqliteLog(options: SqliteLogOptions): SqliteLog {
  return new SqliteLog(options)
}

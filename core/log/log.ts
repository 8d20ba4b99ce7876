// Stage 4 of 8: log. In: records from the bridge. Out: the same records, in order, to the consumer.
// Promise: an appended record can be read again, in order per key, until retention removes it.

/** One event as it rides the log. The headers travel beside the value: no stage parses it to move it. */
export interface LogRecord {
  /** `project_id:distinct_id`: records of one key stay in order, in one partition. */
  key: string
  /** The record's JSON, as the edge wrote it. */
  value: string
  uuid: string
  shard: string
  seq: number
  /** Place in its batch, from 0. */
  idx: number
}

/** A record with its place. Offsets grow by one within a partition and are never used again. */
export interface StoredRecord extends LogRecord {
  offset: number
  /** When the log took it, milliseconds since 1970. */
  appendedAt: number
}

export interface PartitionState {
  partition: number
  /** Oldest offset still readable; equals `end` when the partition is empty. */
  start: number
  /** Offset the next record will get. */
  end: number
}

/** How far a group has come in a partition. */
export interface PartitionProgress {
  partition: number
  /** Every record before this offset was handled. */
  next: number
  /** When the log took the last record that was handled, ms since 1970; null when not known. */
  lastAppendedAt: number | null
}

/** The durable, ordered, replayable record of accepted events: Kafka, or a SQLite file when embedded. */
export interface EventLog {
  /** The log's own identity, made with it: a log that was wiped is another log. */
  readonly id: string
  /** Resolves only after every record is durable; rejects if any one is not (some may then be there). */
  append(records: readonly LogRecord[]): Promise<void>
  /** Start and end of every partition. */
  partitions(): Promise<PartitionState[]>
  /** How far a group has come in every partition that it has ever read. */
  progress(group: string): Promise<PartitionProgress[]>
  /** Joins a consumer group: its members share the partitions, each partition has one reader at a time. */
  subscribe(group: string, handler: PartitionHandler, options: ReadOptions): Promise<Subscription>
  close(): Promise<void>
}

export interface ReadOptions {
  /** Most records of one call of `handle`. */
  maxRecords: number
  /** How long the log may wait for more records before it hands over fewer than maxRecords, ms. */
  lingerMs: number
}

/**
 * What a group's member does with the partitions it is given. The calls of one partition never overlap.
 * A call's bounds are kept before it is made: when the member dies or loses the partition in it, the next
 * one is given exactly those records again, in one call.
 */
export interface PartitionHandler {
  /**
   * The partition is now ours. `committed` is the group's hint: every record before it was handled;
   * null when the group never committed. Returns the offset to read from.
   */
  assigned(partition: number, committed: number | null): Promise<number>
  /**
   * Resolves when every record is handled for good; the log then commits. Rejects: given again, later.
   * `signal` asks to give up waiting: the member leaves, or the partition is lost.
   */
  handle(partition: number, records: readonly StoredRecord[], signal: AbortSignal): Promise<void>
  /** The partition is no longer ours; nothing may be written for it any more. */
  revoked(partition: number): Promise<void>
}

export interface Subscription {
  /** Leaves the group after the calls under way have ended or given up. */
  close(): Promise<void>
}

import { Fence, type Mark } from './fence.ts'
import { UuidWindow } from './uuid-window.ts'

/** Everything a consumer must know to go on with a partition exactly once. */
export interface Place {
  /** Offset to read from. */
  start: number
  /** What is stored already at or above the start, from an insert that was cut in half, by offset. */
  stored: Map<number, StoredOffset>
  fence: Fence
  window: UuidWindow
  /** By shard: what other logs already hold of the batch that may come again on this one. */
  elsewhere: ReadonlyMap<string, LastBatch>
}

/** What is stored of an offset. */
export interface StoredOffset {
  uuid: string
  /** It is a dead letter, not a row. */
  died: boolean
}

/** The last batch of a shard, as far as it is stored. An edge repeats only its last batch. */
export interface LastBatch {
  seq: number
  stored: ReadonlySet<number>
}

export interface PartitionId {
  logId: string
  partition: number
}

/** What the store can tell of a partition of a log: rows and dead letters know where they came from. */
export interface PlaceReader {
  /** One more than the highest offset that is stored; 0 when none is. */
  nextOffset(id: PartitionId): Promise<number>
  /** Every stored offset from `start` on, with what is stored from there. */
  storedFrom(id: PartitionId, start: number): Promise<(readonly [number, StoredOffset])[]>
  /** The highest mark of each shard among what was stored before `start`, and inserted since a time. */
  lastMarks(id: PartitionId, start: number, since: number): Promise<(readonly [string, Mark])[]>
  /** Of every shard, the last batch that logs other than this one hold rows of, inserted since a time. */
  lastBatches(logId: string, since: number): Promise<(readonly [string, LastBatch])[]>
  /**
   * Keys of the newest rows and dead letters, oldest first, as UuidWindow makes them: first those of other
   * logs, as far as the limit allows, then those of this partition before `start`.
   */
  recentUuids(id: PartitionId, start: number, since: number, limit: number): Promise<string[]>
}

export interface PlaceOptions extends PartitionId {
  /** The group's hint: everything before it was handled. */
  committed: number | null
  windowSize: number
  /** Rows inserted before this are too old to be repeated, ms since 1970. */
  since: number
}

/** Reads a partition's place back from the store. Rejects with StoreError when the store is away. */
export async function recoverPlace(reader: PlaceReader, options: PlaceOptions): Promise<Place> {
  const { logId, committed, since, windowSize } = options
  // The smaller of the two: a store restored from a backup knows less than was once committed. The
  // store's own highest alone would lose what a half-finished insert left out below it.
  const start = Math.min(committed ?? 0, await reader.nextOffset(options))
  return {
    start,
    stored: new Map(await reader.storedFrom(options, start)),
    fence: new Fence(await reader.lastMarks(options, start, since)),
    window: new UuidWindow(windowSize, await reader.recentUuids(options, start, since, windowSize)),
    elsewhere: new Map(await reader.lastBatches(logId, since)),
  }
}

/**
 * Whether the record is a copy of one that another log holds: its batch was on its way when the bridges
 * turned to this log. Only a record that is stored counts, so nothing can be lost by it.
 */
export function isElsewhere({ elsewhere }: Place, { shard, seq, idx }: Mark & { shard: string }) {
  const last = elsewhere.get(shard)
  return last !== undefined && last.seq === seq && last.stored.has(idx)
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * What is stored of the record; undefined: nothing is. Throws when another one is stored under its offset:
 * then this is not the log that it says it is, and to go on would take new records for old ones.
 */
export function storedOf(
  { stored }: Place,
  offset: number,
  uuid: string,
): StoredOffset | undefined {
  const there = stored.get(offset)
  // A record that is not ours may have a uuid in its headers, in its text, in both or in none.
  const isKnown = there && UUID.test(there.uuid) && UUID.test(uuid)
  if (isKnown && there.uuid.toLowerCase() !== uuid.toLowerCase()) {
    throw new Error(
      `offset ${offset} holds another record than the one that was stored from there: the log was ` +
        'made anew under its old name; give it another one (KAFKA_TOPIC)',
    )
  }
  return there
}

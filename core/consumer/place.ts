import type { QueryStore } from '../store/store.ts'
import { Fence, type Mark } from './fence.ts'
import { UuidWindow } from './uuid-window.ts'

/** Everything a consumer must know to go on with a partition exactly once. */
export interface Place {
  /** Offset to read from. */
  start: number
  /** Offsets at or above the start that are stored already, from an insert that was cut in half. */
  stored: Set<number>
  fence: Fence
  window: UuidWindow
}

export interface PlaceOptions {
  logId: string
  partition: number
  /** The group's hint: everything before it was handled. */
  committed: number | null
  windowSize: number
  /** Rows received before this are too old to be repeated by an edge, ms since 1970. */
  since: number
}

/** Reads a partition's place back from the store. Rejects with StoreError when the store is away. */
export async function recoverPlace(store: QueryStore, options: PlaceOptions): Promise<Place> {
  const { logId, partition, committed } = options
  const params = { log_id: logId, partition }
  const at = 'log_id = {log_id:String} AND log_partition = {partition:UInt32}'
  const [highest] = await store.query<{ next: string }>({
    text: `SELECT greatest(
      (SELECT if(count() = 0, 0, max(log_offset) + 1) FROM events WHERE ${at}),
      (SELECT if(count() = 0, 0, max(log_offset) + 1) FROM dead_letters WHERE ${at})) AS next`,
    params,
  })
  const next = Number(highest?.next ?? 0)
  // The smaller of the two: a store restored from a backup knows less than was once committed.
  const start = Math.min(committed ?? 0, next)
  const stored = await store.query<{ log_offset: string }>({
    text: `SELECT log_offset FROM events WHERE ${at} AND log_offset >= {start:UInt64}
      UNION ALL SELECT log_offset FROM dead_letters WHERE ${at} AND log_offset >= {start:UInt64}`,
    params: { ...params, start },
  })
  return {
    start,
    stored: new Set(stored.map((row) => Number(row.log_offset))),
    fence: await recoverFence(store, options, start),
    window: await recoverWindow(store, options, start),
  }
}

async function recoverFence(
  store: QueryStore,
  { logId, partition, since }: PlaceOptions,
  start: number,
): Promise<Fence> {
  const rows = await store.query<{ shard: string; last: [string, number] }>({
    text: `SELECT shard, max((seq, idx)) AS last FROM events
      WHERE log_id = {log_id:String} AND log_partition = {partition:UInt32}
        AND log_offset < {start:UInt64} AND received_at >= fromUnixTimestamp64Milli({since:Int64})
      GROUP BY shard`,
    params: { log_id: logId, partition, start, since },
  })
  return new Fence(
    rows.map(({ shard, last: [seq, idx] }): [string, Mark] => [
      shard,
      { seq: Number(seq), idx: Number(idx) },
    ]),
  )
}

async function recoverWindow(
  store: QueryStore,
  { logId, partition, windowSize, since }: PlaceOptions,
  start: number,
): Promise<UuidWindow> {
  const rows = await store.query<{ key: string }>({
    text: `SELECT concat(project_id, ':', toString(uuid)) AS key FROM events
      WHERE log_id = {log_id:String} AND log_partition = {partition:UInt32}
        AND log_offset < {start:UInt64} AND received_at >= fromUnixTimestamp64Milli({since:Int64})
      ORDER BY log_offset DESC LIMIT {size:UInt32}`,
    params: { log_id: logId, partition, start, since, size: windowSize },
  })
  return new UuidWindow(
    windowSize,
    rows.reverse().map((row) => row.key),
  )
}

import type { QueryStore } from '../store/store.ts'
import type { PartitionId, PlaceReader } from './place.ts'

const AT = 'log_id = {log_id:String} AND log_partition = {partition:UInt32}'
const RECENT = `${AT} AND log_offset < {start:UInt64}
  AND received_at >= fromUnixTimestamp64Milli({since:Int64})`

const params = ({ logId, partition }: PartitionId) => ({ log_id: logId, partition })

/** Reads places from the events and dead_letters tables. */
export function storePlaces(store: QueryStore): PlaceReader {
  return {
    async nextOffset(id) {
      const [row] = await store.query<{ next: string }>({
        text: `SELECT greatest(
          (SELECT if(count() = 0, 0, max(log_offset) + 1) FROM events WHERE ${AT}),
          (SELECT if(count() = 0, 0, max(log_offset) + 1) FROM dead_letters WHERE ${AT})) AS next`,
        params: params(id),
      })
      return Number(row?.next ?? 0)
    },
    async storedFrom(id, start) {
      const rows = await store.query<{ log_offset: string }>({
        text: `SELECT log_offset FROM events WHERE ${AT} AND log_offset >= {start:UInt64}
          UNION ALL SELECT log_offset FROM dead_letters WHERE ${AT} AND log_offset >= {start:UInt64}`,
        params: { ...params(id), start },
      })
      return rows.map((row) => Number(row.log_offset))
    },
    async lastMarks(id, start, since) {
      const rows = await store.query<{ shard: string; last: [string, number] }>({
        text: `SELECT shard, max((seq, idx)) AS last FROM events WHERE ${RECENT} GROUP BY shard`,
        params: { ...params(id), start, since },
      })
      return rows.map(({ shard, last: [seq, idx] }) => [
        shard,
        { seq: Number(seq), idx: Number(idx) },
      ])
    },
    async recentUuids(id, start, since, limit) {
      const rows = await store.query<{ key: string }>({
        text: `SELECT concat(project_id, ':', toString(uuid)) AS key FROM events WHERE ${RECENT}
          ORDER BY log_offset DESC LIMIT {limit:UInt32}`,
        params: { ...params(id), start, since, limit },
      })
      return rows.map((row) => row.key).reverse()
    },
  }
}

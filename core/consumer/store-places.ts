import type { QueryStore } from '../store/store.ts'
import type { PartitionId, PlaceReader } from './place.ts'
import { UuidWindow } from './uuid-window.ts'

const AT = 'log_id = {log_id:String} AND log_partition = {partition:UInt32}'
const RECENT = `${AT} AND log_offset < {start:UInt64}
  AND inserted_at >= fromUnixTimestamp64Milli({since:Int64})`
const RECENT_DEAD = RECENT.replace('inserted_at', 'dead_at')

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
        text: `SELECT shard, max(mark) AS last FROM (
            SELECT shard, (seq, idx) AS mark FROM events WHERE ${RECENT}
            UNION ALL SELECT shard, (seq, idx) FROM dead_letters WHERE ${RECENT_DEAD})
          GROUP BY shard`,
        params: { ...params(id), start, since },
      })
      return rows.map(({ shard, last: [seq, idx] }) => [
        shard,
        { seq: Number(seq), idx: Number(idx) },
      ])
    },
    async recentUuids(id, start, since, limit) {
      const rows = await store.query<{ project: string; uuid: string; dead: boolean }>({
        text: `SELECT project, uuid, dead FROM (
            SELECT log_offset, project_id AS project, toString(uuid) AS uuid, false AS dead
            FROM events WHERE ${RECENT}
            UNION ALL
            SELECT log_offset, project_id, uuid, true
            FROM dead_letters WHERE ${RECENT_DEAD})
          ORDER BY log_offset DESC LIMIT {limit:UInt32}`,
        params: { ...params(id), start, since, limit },
      })
      return rows
        .map(({ project, uuid, dead }) => UuidWindow[dead ? 'deadKey' : 'key'](project, uuid))
        .reverse()
    },
  }
}

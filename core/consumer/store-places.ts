import type { QueryStore } from '../store/store.ts'
import type { PartitionId, PlaceReader } from './place.ts'
import { UuidWindow } from './uuid-window.ts'

const AT = 'log_id = {log_id:String} AND log_partition = {partition:UInt32}'
const SINCE = 'inserted_at >= fromUnixTimestamp64Milli({since:Int64})'
const BEFORE = `${AT} AND log_offset < {start:UInt64}`
const RECENT = `${BEFORE} AND ${SINCE}`
// A name with an incarnation is never given twice; what others put on a log comes under one name.
const OTHER_LOG = "(log_id != {log_id:String} AND shard LIKE '%@%')"
const OTHERS = `${OTHER_LOG} AND ${SINCE}`
/** The same of dead letters. */
const dead = (condition: string) => condition.replace('inserted_at', 'dead_at')

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
      const rows = await store.query<{ log_offset: string; id: string; died: boolean }>({
        text: `SELECT log_offset, toString(uuid) AS id, false AS died FROM events
          WHERE ${AT} AND log_offset >= {start:UInt64}
          UNION ALL SELECT log_offset, uuid, true FROM dead_letters
          WHERE ${AT} AND log_offset >= {start:UInt64}`,
        params: { ...params(id), start },
      })
      return rows.map(({ log_offset, id, died }) => [Number(log_offset), { uuid: id, died }])
    },
    async lastMarks(id, start, since) {
      const rows = await store.query<{ shard: string; last: [string, number] }>({
        text: `SELECT shard, max(mark) AS last FROM (
            SELECT shard, (seq, idx) AS mark FROM events WHERE ${RECENT}
            UNION ALL SELECT shard, (seq, idx) FROM dead_letters WHERE ${dead(RECENT)})
          GROUP BY shard`,
        params: { ...params(id), start, since },
      })
      return rows.map(({ shard, last: [seq, idx] }) => [
        shard,
        { seq: Number(seq), idx: Number(idx) },
      ])
    },
    async lastBatches(logId, since) {
      const rows = await store.query<{ shard: string; last: string; idxs: number[] }>({
        text: `WITH marks AS (
            SELECT shard, seq, idx FROM events WHERE ${OTHERS}
            UNION ALL SELECT shard, seq, idx FROM dead_letters WHERE ${dead(OTHERS)})
          SELECT shard, seq AS last, groupUniqArray(idx) AS idxs FROM marks
          WHERE (shard, seq) IN (SELECT shard, max(seq) FROM marks GROUP BY shard)
          GROUP BY shard, seq`,
        params: { log_id: logId, since },
      })
      return rows.map(({ shard, last, idxs }) => [
        shard,
        { seq: Number(last), stored: new Set(idxs.map(Number)) },
      ])
    },
    async recentUuids(id, start, since, limit) {
      const which = `((${BEFORE}) OR ${OTHER_LOG}) AND ${SINCE}`
      const rows = await store.query<{ project: string; uuid: string; died: boolean }>({
        text: `SELECT project, uuid, died FROM (
            SELECT log_id = {log_id:String} AS own, log_offset, inserted_at AS at,
              project_id AS project, toString(uuid) AS uuid, false AS died
            FROM events WHERE ${which}
            UNION ALL
            SELECT log_id = {log_id:String}, log_offset, dead_at, project_id, uuid, true
            FROM dead_letters WHERE ${dead(which)})
          ORDER BY own DESC, if(own, log_offset, toUInt64(toUnixTimestamp64Milli(at))) DESC
          LIMIT {limit:UInt32}`,
        params: { ...params(id), start, since, limit },
      })
      return rows
        .map(({ project, uuid, died }) => UuidWindow[died ? 'deadKey' : 'key'](project, uuid))
        .reverse()
    },
  }
}

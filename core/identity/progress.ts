import { randomUUID } from 'node:crypto'
import type { EventStore, QueryStore } from '../store/store.ts'

/** How far persons are made of the events. */
export interface IdentityProgress {
  /** Everything that the log took before this is in them, ms since 1970. */
  completeUntil: number
  /** Version of the store's data that was read: while it is the newest, nothing is missing. */
  dataVersion: string
  /** Everything inserted before this was read, ms by the store's clock. */
  readUntil: number
}

/** There is one row: who reads the events does so for all projects and partitions. */
const KEEPER = 'identity'

/** Tells every service, through the store. */
export async function keepProgress(
  store: Pick<EventStore, 'insert'>,
  { completeUntil, dataVersion, readUntil }: IdentityProgress,
): Promise<void> {
  const row = {
    keeper: KEEPER,
    complete_until: completeUntil,
    data_version: dataVersion,
    read_until: readUntil,
  }
  await store.insert('identity_progress', [JSON.stringify(row)], randomUUID())
}

/** Null until persons were made of the events for the first time. */
export async function readProgress(
  store: Pick<QueryStore, 'query'>,
): Promise<IdentityProgress | null> {
  const [row] = await store.query<{ complete: string; version: string; read: string }>({
    text: `SELECT toUnixTimestamp64Milli(complete_until) AS complete, data_version AS version,
    toUnixTimestamp64Milli(read_until) AS read
  FROM identity_progress ORDER BY complete_until DESC, read_until DESC LIMIT 1`,
  })
  if (!row) return null
  return {
    completeUntil: Number(row.complete),
    dataVersion: row.version,
    readUntil: Number(row.read),
  }
}

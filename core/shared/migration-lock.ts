import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Transaction } from 'kysely'

const LOCK_RETRY_MS = 200

/** Waits until nobody else migrates under this number; held to the end of the transaction. */
export async function lockMigrations<Tables>(
  trx: Transaction<Tables>,
  number: number,
): Promise<void> {
  // Asked for again and again: a statement that waited for the lock would run out of its time.
  for (;;) {
    const lock = sql<{ taken: boolean }>`SELECT pg_try_advisory_xact_lock(${number}) AS taken`
    const { rows } = await lock.execute(trx)
    if (rows[0]?.taken) return
    await sleep(LOCK_RETRY_MS)
  }
}

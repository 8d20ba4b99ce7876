import type { HealthCheck } from '../shared/health.ts'
import type { QueryStore } from './store.ts'

const TIMEOUT_MS = 2_000

/** Red when the store does not answer. */
export function storeCheck(store: QueryStore): HealthCheck {
  return {
    name: 'store',
    async run() {
      await store.query({ text: 'SELECT 1' }, { timeoutMs: TIMEOUT_MS })
      return null
    },
  }
}

/** The used part of the fullest disk of the store's server. */
export async function storeUsed(store: QueryStore): Promise<number> {
  const [row] = await store.query<{ used: number }>(
    {
      text: `SELECT max(1 - unreserved_space / total_space) AS used FROM system.disks
        WHERE total_space > 0`,
    },
    { timeoutMs: TIMEOUT_MS },
  )
  return Number(row?.used ?? 0)
}

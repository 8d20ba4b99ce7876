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

/** Red when a disk of the store's server is fuller than this. */
export function storeDiskCheck(store: QueryStore, maxPercent: number): HealthCheck {
  return {
    name: 'store disk',
    async run() {
      const [row] = await store.query<{ percent: number }>(
        {
          text: `SELECT toUInt8(max(round(100 * (1 - unreserved_space / total_space)))) AS percent
            FROM system.disks WHERE total_space > 0`,
        },
        { timeoutMs: TIMEOUT_MS },
      )
      const percent = Number(row?.percent ?? 0)
      return percent > maxPercent ? `${percent} % of the disk is used` : null
    },
  }
}

import type { HealthCheck } from '../shared/health.ts'
import type { EventLog } from './log.ts'

/** Red when the log does not answer. */
export function logCheck(log: Pick<EventLog, 'partitions'>): HealthCheck {
  return {
    name: 'log',
    async run() {
      await log.partitions()
      return null
    },
  }
}

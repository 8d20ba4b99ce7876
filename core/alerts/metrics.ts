import { Counter } from 'prom-client'
import type { Metrics } from '../shared/metrics.ts'
import type { ChannelType } from './channels.ts'

/** What became of a look: kept, failed, or somebody else was first. */
const LOOKS = ['kept', 'overtaken', 'failed'] as const
/** What became of one try to send: pending is one that is tried again. */
const DELIVERIES = ['sent', 'pending', 'failed'] as const
const CHANNELS: readonly ChannelType[] = ['webhook', 'email']

/** What alerts and subscriptions say about themselves. */
export interface WatchMetrics {
  looked(result: (typeof LOOKS)[number]): void
  delivered(channel: ChannelType, result: (typeof DELIVERIES)[number]): void
}

export function createWatchMetrics(registry: Metrics): WatchMetrics {
  const looks = new Counter({
    name: 'headwater_alert_looks_total',
    help: 'Intervals that alerts and subscriptions were looked at for, by what came of it.',
    labelNames: ['result'],
    registers: [registry],
  })
  const deliveries = new Counter({
    name: 'headwater_alert_deliveries_total',
    help: 'Tries to send a message, by its channel and what came of it; pending: tried again.',
    labelNames: ['channel', 'result'],
    registers: [registry],
  })
  for (const result of LOOKS) looks.inc({ result }, 0)
  for (const channel of CHANNELS) {
    for (const result of DELIVERIES) deliveries.inc({ channel, result }, 0)
  }
  return {
    looked: (result) => looks.inc({ result }),
    delivered: (channel, result) => deliveries.inc({ channel, result }),
  }
}

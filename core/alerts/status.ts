import type { Item } from '../query/saved/saved-store.ts'
import type { AlertStore, StoredDelivery, Watch } from './alert-store.ts'

const isoOrNull = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString()

const watchedAs = ({ interval_end, snoozed_until, problem }: Watch) => ({
  interval_end: isoOrNull(interval_end),
  snoozed_until: isoOrNull(snoozed_until),
  problem,
})

/** What alerts answer besides their definitions, in their order. */
export const alertStatuses = async (items: readonly Item[], alerts: AlertStore) =>
  (await alerts.watchesOf(items)).map((watch) => {
    const { state, since, value, previous } = watch
    return { status: { state, since: isoOrNull(since), value, previous, ...watchedAs(watch) } }
  })

export const subscriptionStatuses = async (items: readonly Item[], alerts: AlertStore) =>
  (await alerts.watchesOf(items)).map((watch) => ({ status: watchedAs(watch) }))

export const deliveryAs = (delivery: StoredDelivery) => ({
  id: delivery.id,
  reason: delivery.reason,
  url: delivery.url,
  state: delivery.state,
  attempts: delivery.attempts,
  status: delivery.status,
  problem: delivery.problem,
  created_at: new Date(delivery.created_at).toISOString(),
  next_at: isoOrNull(delivery.next_at),
  done_at: isoOrNull(delivery.done_at),
})

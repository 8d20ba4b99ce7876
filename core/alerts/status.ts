import type { Item } from '../query/saved/saved-store.ts'
import type { AlertStore, StoredDelivery, Watch } from './alert-store.ts'

const isoOrNull = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString()

const watchedAs = ({ interval_end, snoozed_until, problem }: Watch) => ({
  interval_end: isoOrNull(interval_end),
  snoozed_until: isoOrNull(snoozed_until),
  problem,
})

/** What an alert answers besides its definition. */
export async function alertStatus(item: Item, alerts: AlertStore) {
  const watch = await alerts.watchOf(item)
  const { state, since, value, previous } = watch
  return { status: { state, since: isoOrNull(since), value, previous, ...watchedAs(watch) } }
}

export const subscriptionStatus = async (item: Item, alerts: AlertStore) => ({
  status: watchedAs(await alerts.watchOf(item)),
})

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

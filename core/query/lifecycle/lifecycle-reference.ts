// What a lifecycle means, as slowly and plainly as it can be said. Only tests use it.
import type { LifecycleStatus } from '@headwater/schemas/insights/lifecycle'

/**
 * An actor's status in one interval; null when it has none.
 * @param times When it did what makes it active, in all of its past.
 * @param starts Start of the interval before, of the interval, and of the one after it.
 */
export function statusOf(
  times: readonly number[],
  [before, start, end]: readonly [number, number, number],
): LifecycleStatus | null {
  const isActive = times.some((at) => at >= start && at < end)
  const wasActive = times.some((at) => at >= before && at < start)
  if (!isActive) return wasActive ? 'dormant' : null
  if (wasActive) return 'returning'
  return times.some((at) => at < start) ? 'resurrecting' : 'new'
}

// What stickiness means, as slowly and plainly as it can be said. Only tests use it.
import type { StickinessQuery } from '@headwater/schemas/insights/stickiness'

const MEETS = {
  gte: (count: number, value: number) => count >= value,
  lte: (count: number, value: number) => count <= value,
  is: (count: number, value: number) => count === value,
}

/**
 * In how many intervals an actor was active. One without any event is not active, whatever the criterion.
 * @param times When it did what makes it active.
 * @param edges Start of every interval, and the end of the last one.
 */
export function activeIntervals(
  times: readonly number[],
  edges: readonly number[],
  { operator, value }: StickinessQuery['criterion'],
): number {
  let active = 0
  for (const [place, start] of edges.slice(0, -1).entries()) {
    const end = edges[place + 1] ?? start
    const count = times.filter((at) => at >= start && at < end).length
    if (count > 0 && MEETS[operator](count, value)) active++
  }
  return active
}

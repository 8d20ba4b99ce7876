import type { FunnelResult } from '@headwater/schemas/insight'
import type { FunnelInsightResult } from '@headwater/schemas/insights/funnel'
import { insightBreakdown } from './insight-breakdown.ts'

/** The answer to a `funnel` insight as the Funnels page draws it. */
export function drawnFunnel({ groups, kind: _, ...facts }: FunnelInsightResult): FunnelResult {
  return {
    ...facts,
    groups: groups.map(({ breakdown, steps }) => ({
      breakdown: insightBreakdown(breakdown),
      steps: steps.map(({ name, event, optional, ...numbers }, s) => ({
        ...numbers,
        event: `${name ?? event ?? `Any, as number ${s + 1}`}${optional ? ' (optional)' : ''}`,
      })),
    })),
  }
}

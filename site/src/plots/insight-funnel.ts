import type { FunnelResult } from '@headwater/schemas/insight'
import type { FunnelInsightResult } from '@headwater/schemas/insights/funnel'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import { insightBreakdown } from './insight-breakdown.ts'

/** A funnel, and how its groups are told from each other where `breakdown` has one text for several values. */
export interface DrawnFunnel extends FunnelResult {
  groups: (FunnelResult['groups'][number] & { told?: BreakdownValue })[]
}

/** The answer to a `funnel` insight as the Funnels page draws it. */
export function drawnFunnel({ groups, kind: _, ...facts }: FunnelInsightResult): DrawnFunnel {
  return {
    ...facts,
    groups: groups.map(({ breakdown, steps }) => ({
      breakdown: insightBreakdown(breakdown),
      told: breakdown,
      steps: steps.map(({ name, event, optional, ...numbers }, s) => ({
        ...numbers,
        event: `${name ?? event ?? `Any, as number ${s + 1}`}${optional ? ' (optional)' : ''}`,
      })),
    })),
  }
}

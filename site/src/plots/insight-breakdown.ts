import type { AskedInsight } from '@headwater/schemas/insights/insight'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import { onlyProperty } from '../lib/breakdowns.ts'
import type { Breakdown } from '../lib/format.ts'

/** What an insight's line is told by as one value: those of several breakdowns beside each other. */
export function insightBreakdown(breakdown: BreakdownValue): Breakdown {
  if (breakdown === null) return null
  const values = breakdown.values.map((value) => value ?? '')
  const value = values.length > 1 ? values.map((one) => one || '(none)').join(' · ') : values[0]
  return { kind: breakdown.kind, value: value ?? '' }
}

/** The property by which a question is broken down, when it is one. */
export function propertyOf(query: AskedInsight): string | undefined {
  return 'breakdowns' in query ? onlyProperty(query.breakdowns) : undefined
}

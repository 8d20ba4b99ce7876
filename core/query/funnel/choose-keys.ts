import type { Query } from '../../store/store.ts'
import { scopeConditions } from '../scope.ts'
import { Statement } from '../statement.ts'
import { funnelScope } from './histories.ts'
import { type FunnelPlan, lastReadOf } from './plan.ts'
import { type KeyLayout, narrowKeys, WIDE_KEYS } from './ticks.ts'

// Part of every insight about funnels: narrow keys, when no event of the funnel has a sequence that is too
// great for them. The store's index of the least and greatest sequence of each granule answers that.

/** Asks for an event whose sequence is too great for narrow keys. */
export function unknowns(plan: FunnelPlan): Query[] {
  const narrow = plan.keys ? null : narrowOf(plan)
  if (!narrow) return []
  const statement = new Statement(plan.query.project)
  const conditions = scopeConditions({ ...funnelScope(plan), filters: [] }, statement)
  const great = `sequence > ${statement.add('Int64', narrow.maxSequence)}`
  return [statement.query(`SELECT 1 FROM events WHERE ${conditions} AND ${great} LIMIT 1`)]
}

export const learn = <Plan extends FunnelPlan>(
  plan: Plan,
  [rows = []]: readonly unknown[][],
): Plan => ({
  ...plan,
  keys: rows.length === 0 ? narrowOf(plan) : WIDE_KEYS,
})

function narrowOf(plan: FunnelPlan): KeyLayout | null {
  const { from, windowMs, query } = plan
  const read = { from, to: lastReadOf(plan), windowMs }
  return narrowKeys(read, query.steps.length, query.exclusions.length)
}

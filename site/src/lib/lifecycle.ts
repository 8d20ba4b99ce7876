import type { AskedInsight } from '@headwater/schemas/insights/insight'
import type { LifecycleStatus } from '@headwater/schemas/insights/lifecycle'
import { askedFields } from './page-question.ts'
import {
  commonParams,
  type Defaults,
  isName,
  type RangeQuestion,
  type ReadState,
  readBoolean,
  readCommon,
  reader,
} from './url-reader.ts'

/** Each with what it means. */
export const LIFECYCLE_STATUSES: Record<LifecycleStatus, { name: string; meaning: string }> = {
  new: { name: 'New', meaning: 'Active for the first time ever' },
  returning: { name: 'Returning', meaning: 'Active now and in the interval before' },
  resurrecting: { name: 'Resurrecting', meaning: 'Active now and long ago, but not just before' },
  dormant: { name: 'Dormant', meaning: 'Active in the interval before, and not now' },
}

/** As the page asks for it; properties do not split it. */
export interface LifecycleQuestion extends Omit<RangeQuestion, 'breakdown'> {
  event: string
  include_bots: boolean
}

export function readLifecycle(
  params: URLSearchParams,
  defaults: Defaults,
): ReadState<LifecycleQuestion> {
  const read = reader(params)
  const { breakdown: _, ...common } = readCommon(read, defaults)
  const question: LifecycleQuestion = {
    ...common,
    event: read.one('event', isName, '$pageview'),
    include_bots: read.one('include_bots', readBoolean, false),
  }
  return { question, ignored: read.ignored }
}

export function writeLifecycle(question: LifecycleQuestion): URLSearchParams {
  const params = new URLSearchParams({ event: question.event })
  if (question.include_bots) params.set('include_bots', 'true')
  for (const [name, value] of commonParams(question)) params.set(name, value)
  return params
}

/** The question as POST /api/query takes it, everything filled in. */
export function lifecycleQuery(
  question: LifecycleQuestion,
): Extract<AskedInsight, { kind: 'lifecycle' }> {
  return {
    kind: 'lifecycle',
    ...askedFields(question),
    actor: 'person',
    include_sql: false,
    interval: question.interval,
    activity: { event: question.event, filters: [] },
  }
}

// What a funnel may not be: rules that concern several of its fields.
import type { z } from '@hono/zod-openapi'
import type { FUNNEL_ORDERS, FunnelAttribution, FunnelExclusion, FunnelStage } from './funnel.ts'

interface Checked {
  steps: readonly FunnelStage[]
  order: (typeof FUNNEL_ORDERS)[number]
  exclusions: readonly FunnelExclusion[]
  attribution?: FunnelAttribution
  from_step?: number
  to_step?: number | undefined
}

type Complain = (path: (string | number)[], message: string) => void

export function checkFunnel(funnel: Checked, context: z.RefinementCtx): void {
  const complain: Complain = (path, message) => context.addIssue({ code: 'custom', path, message })
  checkSteps(funnel, complain)
  checkExclusions(funnel, complain)
  checkAttribution(funnel, complain)
  if (funnel.from_step !== undefined) {
    checkSpan(funnel.from_step, funnel.to_step, funnel.steps, [], complain)
  }
}

function checkSteps({ steps, order }: Checked, complain: Complain): void {
  for (const [place, { optional }] of steps.entries()) {
    const path = ['steps', place, 'optional']
    if (!optional) continue
    if (order === 'any') complain(path, 'does not go with order any')
    else if (place === 0) complain(path, 'must be false: it is the first step')
    else if (place === steps.length - 1) complain(path, 'must be false: it is the last step')
  }
  if (order !== 'any') return
  const known = new Set<string>()
  for (const [place, step] of steps.entries()) {
    const meaning = meaningOf(step)
    if (known.has(meaning)) complain(['steps', place], 'must differ from the others in any order')
    known.add(meaning)
  }
}

function checkExclusions({ steps, order, exclusions }: Checked, complain: Complain): void {
  for (const [place, exclusion] of exclusions.entries()) {
    const path = ['exclusions', place]
    const { from_step, to_step = steps.length } = exclusion
    checkSpan(from_step, to_step, steps, path, complain)
    const isWhole = from_step === 1 && to_step === steps.length
    if (order === 'any' && !isWhole) {
      complain([...path, 'from_step'], 'must be 1, and to_step the last step, in any order')
    }
    if (steps.some((step) => meaningOf(step) === meaningOf(exclusion))) {
      complain([...path, 'event'], 'is a step of the funnel')
    }
  }
}

function checkAttribution({ steps, order, attribution }: Checked, complain: Complain): void {
  if (typeof attribution !== 'object') return
  const path = ['attribution', 'step']
  if (attribution.step > steps.length) complain(path, `must be at most ${steps.length}`)
  else if (order === 'any' && attribution.step > 1) complain(path, 'must be 1 in any order')
}

function checkSpan(
  from: number,
  to: number | undefined,
  steps: readonly FunnelStage[],
  path: (string | number)[],
  complain: Complain,
): void {
  const last = to ?? steps.length
  if (last > steps.length) complain([...path, 'to_step'], `must be at most ${steps.length}`)
  else if (from >= last) complain([...path, 'from_step'], 'must be before to_step')
  for (const [field, step] of [['from_step', from] as const, ['to_step', last] as const]) {
    if (steps[step - 1]?.optional) complain([...path, field], 'must not be an optional step')
  }
}

const meaningOf = ({ event, filters }: Pick<FunnelStage, 'event' | 'filters'>): string =>
  JSON.stringify([event, filters])

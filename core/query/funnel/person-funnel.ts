import type { FunnelQuery, FunnelResult } from '@headwater/schemas/insight'
import type { FunnelInsightQuery } from '@headwater/schemas/insights/funnel'
import type { z } from '@hono/zod-openapi'
import { resolveRange } from '../date-range.ts'
import type { RunFacts } from '../run.ts'
import { type AskAll, askPlan } from '../whole-plan.ts'
import { funnel } from './funnel.ts'
import { type FunnelPlan, planFunnel } from './plan.ts'

// POST /api/funnels: ordered funnels of persons, broken down by the value on the first step.

export type PersonFunnelPlan = FunnelPlan<FunnelInsightQuery>

/** The insight that is asked for. */
export function insightOfFunnel(query: FunnelQuery): z.infer<typeof FunnelInsightQuery> {
  const { steps, conversion_window, breakdown, ...same } = query
  return {
    ...same,
    kind: 'funnel',
    steps: steps.map((step) => ({ ...step, optional: false })),
    window: conversion_window,
    breakdowns: breakdown === undefined ? [] : [{ property: breakdown }],
    attribution: { step: 1 },
    actor: 'person',
    order: 'ordered',
    exclusions: [],
    include_sql: false,
  }
}

/** Decides dates, window and horizon. Throws a QueryRefusal. */
export const planPersonFunnel = (
  insight: FunnelInsightQuery,
  now: number,
  completeUntil: number | null,
): PersonFunnelPlan => planFunnel(insight, { now, completeUntil }, resolveRange(insight, now))

/** @param ask Asks the store. Rejects with a QueryRefusal. */
export async function answerPersonFunnel(
  plan: PersonFunnelPlan,
  ask: AskAll,
): Promise<{ answer: Pick<FunnelResult, 'groups'>; rows: number; facts: RunFacts }> {
  const { plan: whole, rows, rowCount, facts } = await askPlan(funnel, plan, ask)
  const { groups } = funnel.shape(whole, rows)
  const answer = {
    groups: groups.map(({ breakdown, steps }) => ({
      breakdown: breakdown && { kind: breakdown.kind, value: breakdown.values[0] ?? '' },
      steps: steps.map(({ name, optional, event, ...numbers }) => ({
        event: event ?? '',
        ...numbers,
      })),
    })),
  }
  return { answer, rows: rowCount, facts }
}

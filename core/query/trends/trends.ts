import {
  type TrendsQuery,
  type TrendsResult,
  TrendsSelection,
} from '@headwater/schemas/insights/trends'
import type { Insight } from '../insight.ts'
import { actorsBehind } from './actors.ts'
import { compileTrends, type TrendsRow } from './compile.ts'
import { planTrends, type TrendsPlan } from './plan.ts'
import { shapeTrends } from './shape.ts'
import { learn, unknownsOf } from './unknowns.ts'

export const trends: Insight<TrendsQuery, TrendsPlan, TrendsResult, TrendsSelection> = {
  plan: planTrends,
  unknowns: unknownsOf,
  learn,
  compile: compileTrends,
  shape: (plan, rows) => shapeTrends(plan, plan.fitting ?? (rows as TrendsRow[][])),
  selection: TrendsSelection,
  actors: actorsBehind,
}

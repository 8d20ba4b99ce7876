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

export const trends: Insight<TrendsQuery, TrendsPlan, TrendsResult, TrendsSelection> = {
  plan: planTrends,
  compile: compileTrends,
  shape: (plan, rows) => shapeTrends(plan, rows.flat() as TrendsRow[]),
  selection: TrendsSelection,
  actors: actorsBehind,
}

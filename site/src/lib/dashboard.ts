import { ANY_EVENT } from './choices.ts'
import type { RangeQuestion } from './url-reader.ts'
import { DEMO_STEPS, demoSteps, type FunnelQuestion, type TrendQuestion } from './url-state.ts'

/** What the dashboard can split persons by. */
export const DASHBOARD_BREAKDOWNS: Record<string, string> = {
  $country: 'Country',
  $browser: 'Browser',
  $channel: 'Channel',
  $device_type: 'Device',
  $pathname: 'Page',
}

const LIST_LENGTH = 8

/** The questions behind one dashboard, all over the same date range. */
export interface DashboardQuestions {
  trend: TrendQuestion
  events: TrendQuestion
  persons: TrendQuestion
  breakdown: TrendQuestion
  funnel: FunnelQuestion
}

export function dashboardQuestions(range: RangeQuestion): DashboardQuestions {
  const { interval, breakdown = '$country', ...common } = range
  const shared = { ...common, breakdown_limit: LIST_LENGTH, include_bots: false }
  const trend: TrendQuestion = {
    ...shared,
    interval,
    events: DEMO_STEPS,
    measure: 'total',
    chart: 'line',
  }
  const persons: TrendQuestion = { ...trend, events: [ANY_EVENT], measure: 'unique_persons' }
  return {
    trend,
    events: { ...trend, events: [ANY_EVENT] },
    persons,
    breakdown: { ...persons, breakdown },
    funnel: { ...shared, steps: demoSteps(), conversion_window: { value: 14, unit: 'day' } },
  }
}

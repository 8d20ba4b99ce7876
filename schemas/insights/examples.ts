import type { z } from '@hono/zod-openapi'
import type { InsightKind, InsightQuery } from './insight.ts'

/** A question of each kind that can be asked as it stands. The documentation shows them. */
export const INSIGHT_EXAMPLES: {
  [Kind in InsightKind]: Extract<z.input<typeof InsightQuery>, { kind: Kind }>
} = {
  funnel: {
    kind: 'funnel',
    project: 'default',
    steps: [{ event: '$pageview' }, { event: 'feature_click' }, { event: 'signup_click' }],
    breakdowns: [{ property: '$browser' }],
    date_from: '-30d',
  },
  funnel_correlation: {
    kind: 'funnel_correlation',
    project: 'default',
    steps: [{ event: '$pageview' }, { event: 'signup_click' }],
    correlate: {
      properties: [{ property: '$browser' }, { type: 'session', property: '$channel_type' }],
    },
    date_from: '-30d',
  },
  funnel_time: {
    kind: 'funnel_time',
    project: 'default',
    steps: [{ event: '$pageview' }, { event: 'signup_click' }],
    date_from: '-30d',
  },
  funnel_trend: {
    kind: 'funnel_trend',
    project: 'default',
    steps: [{ event: '$pageview' }, { event: 'signup_click' }],
    window: { value: 1, unit: 'day' },
    interval: 'week',
    date_from: '-11w',
  },
  retention: {
    kind: 'retention',
    project: 'default',
    start: { event: 'signup' },
    return: { event: '$pageview' },
    mode: 'first_time',
    interval: 'week',
    date_from: '-11w',
  },
  lifecycle: {
    kind: 'lifecycle',
    project: 'default',
    activity: { event: '$pageview' },
    interval: 'week',
    date_from: '-11w',
  },
  paths: {
    kind: 'paths',
    project: 'default',
    groupings: ['/user/*'],
    steps: 4,
    date_from: '-7d',
  },
  stickiness: {
    kind: 'stickiness',
    project: 'default',
    series: [{ event: '$pageview' }],
    date_from: '-30d',
  },
  trends: {
    kind: 'trends',
    project: 'default',
    series: [
      { event: '$pageview', measure: 'unique_persons' },
      { event: 'signup', measure: 'first_time' },
    ],
    formulas: ['B / A * 100'],
    date_from: '-30d',
    compare: { to: 'previous' },
  },
  web_overview: {
    kind: 'web_overview',
    project: 'default',
    date_from: '-7d',
    lists: ['page', 'source', 'country', 'device'],
  },
}

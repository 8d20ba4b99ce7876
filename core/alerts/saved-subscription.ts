import {
  SavedSubscription,
  type SubscriptionBody,
  subscriptionBody,
  subscriptionCode,
} from '@headwater/schemas/insights/alert'
import type { Kind } from '../query/saved/kind.ts'
import { requireOne } from '../query/saved/references.ts'
import { checkChannels } from './channels.ts'
import { subscriptionStatuses } from './status.ts'

export const savedSubscription: Kind<SubscriptionBody> = {
  kind: 'subscription',
  path: '/api/subscriptions',
  fields: subscriptionBody,
  shown: SavedSubscription,
  example: {
    name: 'The week, on Mondays',
    of: { dashboard: 'dash_7k2m9xqd' },
    every: 'week',
    delay_minutes: 480,
    time_zone: 'Europe/Berlin',
    channels: [{ type: 'webhook', url: 'https://example.com/hooks/headwater' }],
  },
  usedBy: [],
  show: async (item, { alerts }) => (await subscriptionStatuses([item], alerts))[0] ?? {},
  showListed: (items, { alerts }) => subscriptionStatuses(items, alerts),

  async check({ of, channels }, writing) {
    checkChannels(channels)
    if ('dashboard' in of) {
      await requireOne('dashboard', of.dashboard, 'of.dashboard', writing)
    } else {
      await requireOne('insight', of.insight, 'of.insight', writing)
    }
  },

  index: ({ name, description, tags, of }) => ({
    name,
    tags,
    search: [name, description, ...tags].join('\n'),
    refs: ['dashboard' in of ? of.dashboard : of.insight],
  }),

  code: {
    fields: subscriptionCode,
    to: ({ of, ...body }, keyOf) => ({
      ...body,
      of: 'dashboard' in of ? { dashboard: keyOf(of.dashboard) } : { insight: keyOf(of.insight) },
    }),
    from(code, _, idOf) {
      const { of } = code as SubscriptionBody
      const kind = 'dashboard' in of ? 'dashboard' : 'insight'
      const key = 'dashboard' in of ? of.dashboard : of.insight
      return { ...code, of: { [kind]: idOf({ kind, key, field: `of.${kind}` }) } }
    },
  },
}

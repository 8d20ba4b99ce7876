import { type AlertBody, alertBody, alertCode, SavedAlert } from '@headwater/schemas/insights/alert'
import { isByCohorts } from '@headwater/schemas/insights/breakdowns'
import type { InsightQuery } from '@headwater/schemas/insights/insight'
import type { InsightBody } from '@headwater/schemas/insights/saved'
import { QueryRefusal } from '../query/errors.ts'
import { emptyAnswer } from '../query/saved/empty-answer.ts'
import type { Kind } from '../query/saved/kind.ts'
import { requireOne } from '../query/saved/references.ts'
import { settle } from '../query/settle.ts'
import { checkChannels } from './channels.ts'
import { pick } from './judge.ts'
import { everyFor } from './schedule.ts'
import { alertStatuses } from './status.ts'

export const savedAlert: Kind<AlertBody> = {
  kind: 'alert',
  path: '/api/alerts',
  fields: alertBody,
  shown: SavedAlert,
  example: {
    name: 'Nobody comes',
    insight: 'ins_7k2m9xqd',
    condition: { type: 'below', threshold: 10 },
    every: 'day',
    channels: [{ type: 'webhook', url: 'https://example.com/hooks/headwater' }],
  },
  usedBy: [],
  show: async (item, { alerts }) => (await alertStatuses([item], alerts))[0] ?? {},
  showListed: (items, { alerts }) => alertStatuses(items, alerts),

  async check(body, writing) {
    checkChannels(body.channels)
    const insight = await requireOne('insight', body.insight, 'insight', writing)
    const query = await settle((insight.body as InsightBody).query, writing.writer)
    await checkAlertOn(query, body, writing.now)
  },

  index: ({ name, description, tags, insight }) => ({
    name,
    tags,
    search: [name, description, ...tags].join('\n'),
    refs: [insight],
  }),

  code: {
    fields: alertCode,
    to: (body, keyOf) => ({ ...body, insight: keyOf(body.insight) }),
    from(code, _, idOf) {
      const { insight } = code as AlertBody
      return { ...code, insight: idOf({ kind: 'insight', key: insight, field: 'insight' }) }
    },
  },
}

/** Throws when the insight's answer has no such number, or has it before it is final. */
export async function checkAlertOn(
  query: InsightQuery,
  { every, value }: Pick<AlertBody, 'every' | 'value'>,
  now: number,
): Promise<void> {
  const refuse = (field: string, message: string, allowed?: string[]): never => {
    throw new QueryRefusal('invalid_query', message, { field, ...(allowed && { allowed }) })
  }
  // Lines of cohorts have their places by the question.
  if ('breakdowns' in query && !query.breakdowns.every(isByCohorts)) {
    refuse('insight', 'insight has breakdowns: its lines change places; use a filter instead')
  }
  if (/^\d/.test(query.date_to ?? '')) {
    refuse('insight', 'insight ends at a fixed date: its number never changes again')
  }
  const interval = 'interval' in query ? query.interval : 'day'
  const allowed = everyFor(interval)
  if (!allowed.includes(every)) {
    const options = allowed.length > 0 ? `use ${allowed.join(' or ')}` : 'there is no such time'
    const message = `every ${every} would look at the insight's ${interval} before it has ended; ${options}`
    refuse('every', message, allowed)
  }
  const answer = await emptyAnswer(query, now)
  if (answer === null) return
  const picked = pick(answer, value)
  if (picked.found || picked.empty) return
  const names = Object.keys(answer).filter((name) => pick(answer, name).found === false)
  refuse(
    'value',
    `value: the insight's answer has no number at ${value}; it has ${names.join(', ')}`,
  )
}

import type {
  AlertBody,
  Channel,
  Condition,
  SavedAlert,
  SavedSubscription,
} from '@headwater/schemas/insights/alert'
import type { AskedInsight } from '@headwater/schemas/insights/insight'
import { formatNumber } from './format.ts'

/** What tells people of itself. */
export const NOTICES = ['alert', 'subscription'] as const
export type NoticeNoun = (typeof NOTICES)[number]
export type Notice = SavedAlert | SavedSubscription

export const EVERY: Record<AlertBody['every'], string> = {
  hour: 'Every hour',
  day: 'Every day',
  week: 'Every week',
  month: 'Every month',
}

export const CONDITIONS: Record<Condition['type'], string> = {
  above: 'is above',
  below: 'is below',
  increase: 'grows, since the interval before, by',
  decrease: 'falls, since the interval before, by',
}

export const STATE_WORDS: Record<NonNullable<SavedAlert['status']>['state'], string> = {
  unknown: 'Not looked at yet',
  ok: 'OK',
  firing: 'Firing',
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text))

/** A condition in words: `below 10`, `grows by 20 %`. */
export function conditionWords(condition: Condition): string {
  if (condition.type === 'above' || condition.type === 'below') {
    return `${condition.type} ${formatNumber(condition.threshold)}`
  }
  const verb = condition.type === 'increase' ? 'grows' : 'falls'
  return `${verb} by ${formatNumber(condition.by)}${condition.unit === 'percent' ? ' %' : ''}`
}

/** Everywhere that messages go, in words. */
export function channelWords(channels: readonly Channel[]): string {
  return channels
    .map((channel) => (channel.type === 'webhook' ? hostOf(channel.url) : channel.to.join(', ')))
    .join(', ')
}

/** The numbers of an answer that are watched most, by their places in it. */
export function valueOptions(query: AskedInsight): [string, string][] {
  switch (query.kind) {
    case 'trends': {
      const lines = query.formulas.length > 0 ? query.formulas : query.series.map((s) => s.event)
      return lines.flatMap((name, i): [string, string][] => [
        [`series.${i}.values.-1`, `${name}, in the last interval`],
        [`series.${i}.total`, `${name}, over the whole range`],
      ])
    }
    case 'funnel':
      return [
        ['groups.0.steps.-1.rate_from_first', 'Share that reached the last step, 0 to 1'],
        ['groups.0.steps.-1.count', 'How many reached the last step'],
        ['groups.0.steps.0.count', 'How many entered'],
      ]
    case 'lifecycle':
      return ['New', 'Returning', 'Resurrecting', 'Dormant'].map((name, i) => [
        `series.${i}.values.-1`,
        `${name}, in the last interval`,
      ])
    case 'web_overview':
      return [
        ['visitors.value', 'Visitors'],
        ['sessions.value', 'Sessions'],
        ['page_views.value', 'Page views'],
        ['bounce_rate.value', 'Bounce rate, 0 to 1'],
      ]
    default:
      return []
  }
}

/** A form's texts as a condition; null while its number is none. */
export function readCondition(
  type: Condition['type'],
  amount: string,
  unit: 'absolute' | 'percent',
): Condition | null {
  if (!isNumber(amount)) return null
  const number = Number(amount)
  return type === 'above' || type === 'below'
    ? { type, threshold: number }
    : { type, by: number, unit }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

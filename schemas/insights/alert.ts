import { z } from '@hono/zod-openapi'
import { EmailAddress } from './email.ts'
import { calendarFields } from './range.ts'
import { Description, Key, Name, savedFacts, Tags } from './saved.ts'
import { idOf } from './saved-id.ts'

/** How often something is looked at, always after the end of one of these. */
export const EVERY = ['hour', 'day', 'week', 'month'] as const
export const Every = z.enum(EVERY)
export type Every = z.infer<typeof Every>

/** Addresses of one channel. */
export const MAX_MAIL_ADDRESSES = 20

/** Where messages go: signed POST requests, or e-mails. */
export const Channel = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('webhook'),
      url: z
        .url({ protocol: /^https?$/, error: 'must be an address with http or https' })
        .max(2_000)
        .refine((url) => !/^[a-z]+:\/\/[^/?#]*@/i.test(url), 'must not hold a password')
        .openapi({ example: 'https://example.com/hooks/headwater' }),
    }),
    z.strictObject({
      type: z.literal('email'),
      /** Each gets a message of its own. */
      to: z
        .array(EmailAddress)
        .min(1)
        .max(MAX_MAIL_ADDRESSES)
        .refine((all) => isEachOnce(all.map(comparable)), 'names one twice'),
    }),
  ])
  .openapi('Channel')
export type Channel = z.infer<typeof Channel>

/** How the address of a person begins among the addresses that messages are sent to. */
export const MAILTO = 'mailto:'

/** Everywhere that a channel sends a message to, as URLs. */
export const destinationsOf = (channel: Channel): string[] =>
  channel.type === 'webhook' ? [channel.url] : channel.to.map((address) => `${MAILTO}${address}`)

// Nobody has two that only differ in upper and lower case; of other URLs the case can matter.
const comparable = (url: string): string => (/^https?:/i.test(url) ? url : url.toLowerCase())
const isEachOnce = (all: readonly string[]): boolean => new Set(all).size === all.length

const notice = {
  every: Every,
  /** Waits so long after an interval's end, for events that arrive late. */
  delay_minutes: z.number().int().min(0).max(1_440).default(0),
  channels: z
    .array(Channel)
    .min(1)
    .max(10)
    .refine((all) => isEachOnce(all.flatMap(destinationsOf).map(comparable)), 'names one twice'),
  enabled: z.boolean().default(true),
}

const amount = z.number().min(-1e300).max(1e300)

/** What is told of: a value beyond a limit, or one that changed since the interval before. */
export const Condition = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('above'), threshold: amount }),
    z.strictObject({ type: z.literal('below'), threshold: amount }),
    z.strictObject({
      type: z.enum(['increase', 'decrease']),
      /** At least by so much. */
      by: amount.positive(),
      unit: z.enum(['absolute', 'percent']),
    }),
  ])
  .openapi('Condition')
export type Condition = z.infer<typeof Condition>

const alertFields = {
  name: Name,
  description: Description,
  tags: Tags,
  /** Where the number is in the insight's answer, dotted; a negative index counts from the end. */
  value: z
    .string()
    .max(200)
    .regex(/^[a-z_]+(\.([a-z_]+|-?\d{1,4}))*$/, 'must be a path such as series.0.values.-1')
    .default('series.0.values.-1'),
  condition: Condition,
  ...notice,
}
export const alertBody = { insight: idOf('insight'), ...alertFields }
export const AlertBody = z.strictObject(alertBody)
export type AlertBody = z.infer<typeof AlertBody>
export const alertCode = { key: Key, insight: Key, ...alertFields }

export const ALERT_STATES = ['unknown', 'ok', 'firing'] as const
export const AlertState = z.enum(ALERT_STATES)
export type AlertState = z.infer<typeof AlertState>

const watch = {
  /** End of the newest interval that was looked at; null before the first. */
  interval_end: z.iso.datetime().nullable(),
  /** Until then nothing is looked at or told; null when it is not snoozed. */
  snoozed_until: z.iso.datetime().nullable(),
  /** Why the last look failed; null when it did not. */
  problem: z.string().nullable(),
}

export const SavedAlert = z
  .object({
    id: idOf('alert'),
    ...savedFacts,
    ...alertBody,
    status: z
      .object({
        /** `unknown` until it was looked at. */
        state: AlertState,
        since: z.iso.datetime().nullable(),
        /** Of the newest interval. */
        value: z.number().nullable(),
        /** Of the one before; only looked at for a change. */
        previous: z.number().nullable(),
        ...watch,
      })
      .optional(),
  })
  .openapi('SavedAlert')
export type SavedAlert = z.infer<typeof SavedAlert>

const subscriptionFields = {
  name: Name,
  description: Description,
  tags: Tags,
  ...calendarFields,
  ...notice,
}
const target = <Dashboard extends z.ZodType, Insight extends z.ZodType>(
  dashboard: Dashboard,
  insight: Insight,
) => z.union([z.strictObject({ dashboard }), z.strictObject({ insight })])

/** The answers of a dashboard, or of one insight, sent after every interval. */
export const subscriptionBody = {
  of: target(idOf('dashboard'), idOf('insight')),
  ...subscriptionFields,
}
export const SubscriptionBody = z.strictObject(subscriptionBody)
export type SubscriptionBody = z.infer<typeof SubscriptionBody>
export const subscriptionCode = { key: Key, of: target(Key, Key), ...subscriptionFields }

export const SavedSubscription = z
  .object({
    id: idOf('subscription'),
    ...savedFacts,
    ...subscriptionBody,
    status: z.object(watch).optional(),
  })
  .openapi('SavedSubscription')
export type SavedSubscription = z.infer<typeof SavedSubscription>

export const SnoozeRequest = z
  .strictObject({
    /** Null ends it. */
    until: z.iso.datetime({ offset: true }).nullable(),
  })
  .openapi('SnoozeRequest')
export type SnoozeRequest = z.infer<typeof SnoozeRequest>

export const REASONS = ['firing', 'resolved', 'report', 'test'] as const
export const DELIVERY_STATES = ['pending', 'sent', 'failed'] as const

/** One message to one channel, and what became of it. */
export const Delivery = z
  .object({
    /** In the header `webhook-id`, or `Message-ID`: the same on every try, so that a receiver knows a repeat. */
    id: z.string(),
    reason: z.enum(REASONS),
    /** That of a webhook, or `mailto:` and the address of a person. */
    url: z.string(),
    state: z.enum(DELIVERY_STATES),
    attempts: z.number().int(),
    /** What the receiver answered last; null when it did not. */
    status: z.number().int().nullable(),
    problem: z.string().nullable(),
    created_at: z.iso.datetime(),
    /** When it is tried next; null when it is not any more. */
    next_at: z.iso.datetime().nullable(),
    /** When it was sent, or given up. */
    done_at: z.iso.datetime().nullable(),
  })
  .openapi('Delivery')
export type Delivery = z.infer<typeof Delivery>

export const Deliveries = z.object({ items: z.array(Delivery) }).openapi('Deliveries')

export const WebhookSecret = z
  .object({ secret: z.string().openapi({ example: 'whsec_MDEyMzQ1Njc4OWFiY2RlZg==' }) })
  .openapi('WebhookSecret')

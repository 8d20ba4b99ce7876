import {
  type Channel,
  destinationsOf,
  MAILTO,
  type REASONS,
} from '@headwater/schemas/insights/alert'
import { MAX_SAVED } from '@headwater/schemas/insights/saved'
import { isAtLeast, requireRole } from '../query/access/admission.ts'
import { QueryRefusal } from '../query/errors.ts'
import type { Kind } from '../query/saved/kind.ts'
import type { NewDelivery } from './alert-store.ts'

export type ChannelType = Channel['type']

/** What is sent: the same bytes and id on every try. */
export interface Message {
  id: string
  project: string
  /** Where to; its scheme tells the type of the channel. */
  url: string
  body: string
}

/** What became of one try. */
export type Sent =
  | { ok: true; status: number }
  /** `final`: another try is no use. */
  | { ok: false; status: number | null; problem: string; final: boolean }

/** A way to reach people. Never rejects: whatever happens is an outcome. */
export interface Sender {
  /** @param now ms since 1970; signed with the message. */
  send(message: Message, now: number): Promise<Sent>
}

/** One for each type of channel: a new type does not compile until it has its own. */
export type Senders = Record<ChannelType, Sender>

export const typeOf = (url: string): ChannelType => (url.startsWith(MAILTO) ? 'email' : 'webhook')

/** What is told, as each type of channel tells it. Made only when there is one of its type. */
export type Contents = Record<ChannelType, () => object>

/** A message to every destination of every channel. */
export function messagesTo(
  channels: readonly Channel[],
  reason: (typeof REASONS)[number],
  contents: Contents,
  newMessageId: () => string,
): NewDelivery[] {
  const bodies: Partial<Record<ChannelType, string>> = {}
  return channels.flatMap((channel) => {
    const { type } = channel
    bodies[type] ??= JSON.stringify(contents[type]())
    const body = bodies[type]
    return destinationsOf(channel).map((url) => ({ id: newMessageId(), reason, url, body }))
  })
}

/** Throws at an address that can be seen to be wrong before anything is sent to it. */
export function checkChannels(channels: readonly Channel[]): void {
  for (const [i, channel] of channels.entries()) {
    if (channel.type !== 'webhook' || URL.canParse(channel.url)) continue
    const field = `channels.${i}.url`
    throw new QueryRefusal('invalid_query', `${field} is no address`, { field })
  }
}

/**
 * The same kind, in which only an admin can name a receiver that no alert or subscription of the project
 * has yet: it is told numbers of the project, wherever it is.
 */
export function withKnownReceivers<Body extends { channels: readonly Channel[] }>(
  kind: Kind<Body>,
): Kind<Body> {
  return {
    ...kind,
    async check(body, writing) {
      await kind.check(body, writing)
      if (isAtLeast('admin')) return
      const { project, writer } = writing
      const lists = await Promise.all(
        (['alert', 'subscription'] as const).map((one) =>
          writer.list(project, one, { limit: MAX_SAVED }),
        ),
      )
      const known = new Set(
        lists.flatMap(({ rows }) => rows.flatMap((item) => receiversOf(item.body as Body))),
      )
      const i = body.channels.findIndex((one) => destinationsOf(one).some((to) => !known.has(to)))
      if (i === -1) return
      const field = `channels.${i}`
      const what = `${field}: a receiver that no alert and no subscription of the project has`
      requireRole('admin', { what, field })
    },
  }
}

const receiversOf = ({ channels }: { channels: readonly Channel[] }): string[] =>
  channels.flatMap(destinationsOf)

/** The same kind of a service that can send no e-mail: it refuses to save what would never arrive. */
export function withoutMail<Body extends { channels: readonly Channel[] }>(
  kind: Kind<Body>,
): Kind<Body> {
  return {
    ...kind,
    async check(body, writing) {
      const i = body.channels.findIndex(({ type }) => type === 'email')
      if (i === -1) return kind.check(body, writing)
      const field = `channels.${i}.type`
      const message = `${field}: this service sends no e-mail; set SMTP_URL and MAIL_FROM of the query service`
      throw new QueryRefusal('invalid_query', message, { field, allowed: ['webhook'] })
    },
  }
}

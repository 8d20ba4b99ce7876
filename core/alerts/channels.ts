import type { Channel } from '@headwater/schemas/insights/alert'
import { QueryRefusal } from '../query/errors.ts'

/** What is sent: the same bytes and id on every try. */
export interface Message {
  id: string
  project: string
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
export type Senders = Record<Channel['type'], Sender>

/** Throws at an address that can be seen to be wrong before anything is sent to it. */
export function checkChannels(channels: readonly Channel[]): void {
  for (const [i, { url }] of channels.entries()) {
    if (URL.canParse(url)) continue
    const field = `channels.${i}.url`
    throw new QueryRefusal('invalid_query', `${field} is no address`, { field })
  }
}

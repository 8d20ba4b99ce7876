import type { AlertState, REASONS } from '@headwater/schemas/insights/alert'
import type { Item } from '../query/saved/saved-store.ts'
import type { ChannelType } from './channels.ts'

/** What is known of an alert or a subscription besides its definition. Times are ms since 1970. */
export interface Watch {
  state: AlertState
  since: number | null
  value: number | null
  previous: number | null
  /** End of the newest interval that was looked at. */
  interval_end: number | null
  snoozed_until: number | null
  problem: string | null
}

/** Something that is looked at, with what is known of it. */
export interface Watched {
  item: Item
  watch: Watch
}

export interface NewDelivery {
  id: string
  reason: (typeof REASONS)[number]
  url: string
  body: string
}

export interface StoredDelivery extends NewDelivery {
  project: string
  source: string
  state: 'pending' | 'sent' | 'failed'
  attempts: number
  status: number | null
  problem: string | null
  created_at: number
  next_at: number | null
  done_at: number | null
}

/** What a look at an interval makes of a watch. */
export type Look = Pick<Watch, 'state' | 'since' | 'value' | 'previous'> & { interval_end: number }

export interface Outcome {
  state: StoredDelivery['state']
  status: number | null
  problem: string | null
  /** Of a pending one. */
  next_at: number | null
}

/**
 * States of alerts, and the messages that are on their way: in the database of what is saved. What has
 * been decided and what is to be told of it are written together, so that neither is lost nor doubled.
 */
export interface AlertStore {
  /** Makes the holder the only one of this name until then. False while another is. */
  takeLease(name: string, holder: string, now: number, until: number): Promise<boolean>
  /** Every live alert and subscription of every project. */
  watched(): Promise<Watched[]>
  watchOf(item: Item): Promise<Watch>
  /** Of items of one project, in their order. */
  watchesOf(items: readonly Item[]): Promise<Watch[]>
  snooze(item: Item, until: number | null): Promise<void>
  /**
   * Keeps what a look made of a watch, and its messages, in one. False, and nothing is kept, when
   * somebody looked, changed, deleted or snoozed it since it was read.
   */
  advance(
    seen: Watched,
    look: Look,
    messages: readonly NewDelivery[],
    now: number,
  ): Promise<boolean>
  /** Keeps why a look failed. */
  noteProblem(item: Item, problem: string): Promise<void>
  /** Puts messages on their way; `claimedUntil`: the caller sends them itself until then. */
  enqueue(
    item: Item,
    messages: readonly NewDelivery[],
    now: number,
    claimedUntil: number | null,
  ): Promise<void>
  /**
   * Messages to channels of one type that are to be sent now, and that nobody else is given before
   * `until`. Of one source and one address, the oldest only: nobody is told of an end before its beginning.
   */
  claim(type: ChannelType, now: number, until: number, limit: number): Promise<StoredDelivery[]>
  settle(id: string, outcome: Outcome, now: number): Promise<void>
  /** The newest first. */
  deliveriesOf(item: Item, limit: number): Promise<StoredDelivery[]>
  /** Forgets what was created before, sent or not. */
  forgetBefore(time: number): Promise<void>
}

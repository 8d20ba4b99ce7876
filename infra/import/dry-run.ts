import { type DroppedEvent, drop, parseEvents } from '@headwater/schemas/event'
import { MAX_EVENT_BYTES } from '@headwater/schemas/limits'
import type { Verdict } from './capture-client.ts'

const SHOWN_EVENTS = 3

/** Stands where capture would: judges events by the contract, keeps the first ones to be shown. */
export class DryRun {
  readonly firstEvents: string[] = []

  send = async (events: readonly string[]): Promise<Verdict> => {
    for (const json of events)
      if (this.firstEvents.length < SHOWN_EVENTS) this.firstEvents.push(json)
    const dropped: DroppedEvent[] = parseEvents(events.map((json) => JSON.parse(json))).dropped
    const named = new Set(dropped.map(({ index }) => index))
    for (const [index, json] of events.entries()) {
      if (named.has(index) || Buffer.byteLength(json) <= MAX_EVENT_BYTES) continue
      dropped.push(drop(index, JSON.parse(json), 'event_too_big'))
    }
    return { accepted: events.length - dropped.length, dropped }
  }
}

import {
  type AcceptedEvent,
  type DroppedEvent,
  type DropReason,
  drop,
  isObject,
  parseEvents,
} from '@headwater/schemas/event'
import { MAX_EVENT_BYTES } from '@headwater/schemas/limits'
import { encodeFrame } from '@headwater/schemas/record'
import { isCookieless, visitorOfDay } from './cookieless.ts'
import { enrich, type RequestContext, timeOf } from './enrich.ts'
import { columnText } from './text.ts'

/** An accepted event in the form it travels in. */
export interface AcceptedFrame {
  distinct_id: string
  frame: string
}

export interface Verdicts {
  accepted: AcceptedFrame[]
  dropped: DroppedEvent[]
}

/** One event on its way through the steps, each of which completes it or names why it is dropped. */
interface Draft {
  item: unknown
  event: AcceptedEvent
  frame: string
}
type Step = (draft: Draft, context: RequestContext) => DropReason | null

/** What follows the contract's own checks (`parseEvents`), in this order. */
export const STEPS = { nameVisitor, makeFrame, limitSize } as const satisfies Record<string, Step>
const steps: Step[] = Object.values(STEPS)

/** Judges every event of a request on its own: a bad one never takes its batch with it. */
export function accept(items: readonly unknown[], context: RequestContext): Verdicts {
  const { accepted, dropped } = parseEvents(items)
  const frames: AcceptedFrame[] = []
  for (const { index, event } of accepted) {
    const draft: Draft = { item: items[index], event, frame: '' }
    const reason = firstReason(draft, context)
    if (reason) dropped.push(drop(index, draft.item, reason))
    else frames.push({ distinct_id: event.distinct_id, frame: draft.frame })
  }
  if (dropped.length > 1) dropped.sort((a, b) => a.index - b.index)
  return { accepted: frames, dropped }
}

function firstReason(draft: Draft, context: RequestContext): DropReason | null {
  for (const step of steps) {
    const reason = step(draft, context)
    if (reason) return reason
  }
  return null
}

function nameVisitor({ event }: Draft, context: RequestContext): null {
  const { distinct_id, properties } = event
  if (!isCookieless(distinct_id, properties)) return null
  event.distinct_id = visitorOfDay(context.secret, {
    projectId: context.projectId,
    // A server that sends for its visitors says who they are.
    ip: columnText(properties.$ip) || context.ip,
    userAgent: columnText(properties.$raw_user_agent, 1_000) || context.userAgent,
    timestamp: timeOf(event, context).timestamp,
  })
  return null
}

function makeFrame(draft: Draft, context: RequestContext): null {
  const sequence = isObject(draft.item) ? draft.item.$sequence : 0
  const { record, shared } = enrich(draft.event, sequence, context)
  draft.frame = encodeFrame(record, shared)
  return null
}

/** A UTF-16 unit takes three bytes of UTF-8 at most: shorter frames need no counting. */
const SURELY_SMALL = MAX_EVENT_BYTES / 3
const utf8 = new TextEncoder()

function limitSize({ frame }: Draft): DropReason | null {
  if (frame.length <= SURELY_SMALL) return null
  return utf8.encode(frame).length > MAX_EVENT_BYTES ? 'event_too_big' : null
}

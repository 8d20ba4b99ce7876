// A session as one would tell it by hand: slow, obvious, and used by tests only.
import type { SessionProperty } from '@headwater/schemas/insights/session-properties'
import { compareText } from '../../shared/compare-text.ts'

export interface SessionEvent {
  event: string
  /** ms since 1970. */
  at: number
  sequence: number
  /** Decides between events that are equal otherwise. */
  uuid?: string
}

/** @param events All of one session, in any order. */
export function sessionByHand<Event extends SessionEvent>(events: readonly Event[]) {
  const all = events.toSorted(
    (a, b) => a.at - b.at || a.sequence - b.sequence || compareText(a.uuid ?? '', b.uuid ?? ''),
  )
  const views = all.filter(({ event }) => event === '$pageview')
  const seconds = ((all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0)) / 1000
  const acted = all.some(({ event }) => event === '$autocapture' || !event.startsWith('$'))
  return {
    first: views.at(0),
    last: views.at(-1),
    views: views.length,
    events: all.length,
    seconds,
    bounced: views.length === 1 && seconds < 10 && !acted,
  }
}

type ToldProperty = Exclude<
  SessionProperty,
  `$entry_${string}` | `$exit_${string}` | '$channel_type'
>

/** Texts of what a session itself has; what its page views say is told by those. */
export function sessionTexts(events: readonly SessionEvent[]): Record<ToldProperty, string> {
  const { views, events: count, seconds, bounced } = sessionByHand(events)
  return {
    $session_duration: String(seconds),
    $event_count: String(count),
    $pageview_count: String(views),
    $is_bounce: views === 0 ? '' : String(bounced),
  }
}

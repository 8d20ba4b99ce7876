import type { Freshness } from '@headwater/schemas/insight'
import { formatClock, formatNumber } from '../lib/format.ts'
import type { Live } from '../lib/live.ts'

interface Props {
  freshness: Live<Freshness>
  /** `complete_until` of what is drawn; undefined until something is. */
  completeUntil: string | null | undefined
  /** @default the viewer's own, until it is known */
  timeZone: string | undefined
  paused: boolean
  onPause(paused: boolean): void
}

/** How far what is drawn is complete, and the switch that stops asking again. */
export function FreshnessLine({ freshness, completeUntil, timeZone, paused, onPause }: Props) {
  const { state, words } = describe(freshness, paused)
  const until = completeUntil === undefined ? freshness.data?.complete_until : completeUntil
  const lag = freshness.data?.lag_records ?? 0
  return (
    <div className="freshness" data-state={state}>
      <span className="freshness-dot" aria-hidden="true" />
      <span className="freshness-text">
        {until ? `Complete to ${formatClock(until, timeZone)}` : 'Waiting for the first event'}
        {lag > 0 && ` · ${formatNumber(lag)} ${lag === 1 ? 'event' : 'events'} behind`}
        {state === 'lost' && ' · connection lost, trying again'}
      </span>
      <button
        type="button"
        className="quiet"
        aria-pressed={paused}
        onClick={() => onPause(!paused)}
      >
        {paused ? 'Resume' : 'Pause'}
      </button>
      {/* Read out on a change of state only; the clock changes every few seconds. */}
      <span className="visually-hidden" role="status">
        {words}
      </span>
    </div>
  )
}

function describe(freshness: Live<Freshness>, paused: boolean) {
  if (freshness.error) return { state: 'lost', words: `Not refreshing: ${freshness.error.message}` }
  if (paused) return { state: 'paused', words: 'Automatic refresh is paused' }
  if (!freshness.data) return { state: 'waiting', words: 'Loading' }
  if (freshness.data.lag_records > 0) return { state: 'behind', words: 'Some events are behind' }
  return { state: 'live', words: 'Refreshing automatically' }
}

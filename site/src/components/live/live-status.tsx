import { formatNumber } from '../../lib/format.ts'
import type { Feed, FeedState } from '../../lib/live-feed.ts'

interface Props {
  feed: Feed
  /** How many arrived since the list was paused. */
  waiting: number
  paused: boolean
  onPause(paused: boolean): void
}

const WORDS: Record<FeedState, string> = {
  connecting: 'Connecting …',
  open: 'Connected',
  away: 'Connected, but the store cannot be asked',
  lost: 'Disconnected, trying again',
}
const DOTS: Record<FeedState, string> = {
  connecting: 'waiting',
  open: 'live',
  away: 'behind',
  lost: 'lost',
}

/** Whether events still come, and the switch that keeps the list from moving. */
export function LiveStatus({ feed: { state }, waiting, paused, onPause }: Props) {
  return (
    <div className="freshness" data-state={DOTS[state]}>
      <span className="freshness-dot" aria-hidden="true" />
      <span className="freshness-text" role="status">
        {WORDS[state]}
      </span>
      {paused && <span>· {formatNumber(waiting)} new</span>}
      <button
        type="button"
        className="quiet"
        aria-pressed={paused}
        onClick={() => onPause(!paused)}
      >
        {paused ? 'Resume' : 'Pause'}
      </button>
    </div>
  )
}

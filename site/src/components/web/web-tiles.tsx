import type { ComparedNumber, WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import { isKeyOf } from '../../lib/choices.ts'
import {
  formatChange,
  formatCompact,
  formatNumber,
  formatSeconds,
  formatShare,
} from '../../lib/format.ts'
import type { Live } from '../../lib/live.ts'
import { WEB_METRICS, type WebMetric } from '../../lib/web-question.ts'

interface Props {
  live: Live<WebOverviewResult>
  metric: WebMetric
  onChange(metric: WebMetric): void
}

const TILES = {
  visitors: 'Visitors',
  sessions: 'Sessions',
  page_views: 'Page views',
  views_per_session: 'Views per session',
  bounce_rate: 'Bounce rate',
  session_duration: 'Session duration',
} as const satisfies Partial<Record<keyof WebOverviewResult, string>>
type TileName = keyof typeof TILES

/** The numbers of the range, each with its change; those that can be drawn choose what is. */
export function WebTiles({ live, metric, onChange }: Props) {
  const names = Object.keys(TILES) as TileName[]
  return (
    <dl className="headline web-tiles">
      {names.map((name) => (
        <div className="tile" key={name} data-stale={live.stale} data-chosen={name === metric}>
          <dt>
            {isKeyOf(WEB_METRICS, name) ? (
              <button type="button" aria-pressed={name === metric} onClick={() => onChange(name)}>
                {TILES[name]}
              </button>
            ) : (
              TILES[name]
            )}
          </dt>
          {live.data ? <Numbers name={name} number={live.data[name]} /> : <dd>…</dd>}
        </div>
      ))}
    </dl>
  )
}

function Numbers({ name, number }: { name: TileName; number: ComparedNumber }) {
  const { value, previous } = number
  return (
    <>
      <dd title={value === null ? undefined : formatNumber(value)}>{formatTile(name, value)}</dd>
      {previous !== null && (
        <dd className="change" title={`${formatTile(name, previous)} in the time before`}>
          <Change change={number.change} lessIsBetter={name === 'bounce_rate'} />
          <span className="visually-hidden">, from {formatTile(name, previous)}</span>
        </dd>
      )}
    </>
  )
}

interface ChangeProps {
  change: number | null
  lessIsBetter?: boolean
}

/** By how much a number changed, and whether that is good. */
export function Change({ change, lessIsBetter = false }: ChangeProps) {
  // Nothing can be a share of 0.
  if (change === null) return <span className="change-none">none before</span>
  if (change === 0) return <span className="change-none">no change</span>
  const isMore = change > 0
  return (
    <span className={isMore === lessIsBetter ? 'change-bad' : 'change-good'}>
      <span aria-hidden="true">{isMore ? '▲' : '▼'} </span>
      <span className="visually-hidden">{isMore ? 'up by ' : 'down by '}</span>
      {formatChange(change)}
    </span>
  )
}

function formatTile(name: TileName, value: number | null): string {
  if (value === null) return '–'
  if (name === 'bounce_rate') return formatShare(value)
  if (name === 'session_duration') return formatSeconds(value)
  return name === 'views_per_session' ? formatNumber(value) : formatCompact(value)
}

import type { FunnelResult, TrendResult } from '@headwater/schemas/insight'
import { formatCompact, formatNumber, formatShare } from '../lib/format.ts'
import type { Live } from '../lib/live.ts'

interface Props {
  trend: Live<TrendResult>
  events: Live<TrendResult>
  persons: Live<TrendResult>
  funnel: Live<FunnelResult>
}

/** The four numbers at the top of the dashboard. */
export function Headline({ trend, events, persons, funnel }: Props) {
  const pageviews = totalOf(trend.data, '$pageview')
  const steps = funnel.data?.groups[0]?.steps
  return (
    <dl className="headline">
      <Tile name="Unique persons" value={totalOf(persons.data)} stale={persons.stale} />
      <Tile name="Page views" value={pageviews} stale={trend.stale} />
      <Tile name="Events" value={totalOf(events.data)} stale={events.stale} />
      <div className="tile" data-stale={funnel.stale}>
        <dt>Sign-up conversion</dt>
        <dd>{steps ? formatShare(steps.at(-1)?.rate_from_first ?? null) : '…'}</dd>
      </div>
    </dl>
  )
}

interface TileProps {
  name: string
  value: number | null
  stale: boolean
}

function Tile({ name, value, stale }: TileProps) {
  return (
    <div className="tile" data-stale={stale}>
      <dt>{name}</dt>
      <dd title={value === null ? undefined : formatNumber(value)}>
        {value === null ? '…' : formatCompact(value)}
      </dd>
    </div>
  )
}

function totalOf(result: TrendResult | null, event?: string): number | null {
  if (!result) return null
  const series = event ? result.series.find((one) => one.event === event) : result.series[0]
  return series?.total ?? 0
}

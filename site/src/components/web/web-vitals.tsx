import type { WebOverviewResult, WebVital } from '@headwater/schemas/insights/web-overview'
import { formatNumber } from '../../lib/format.ts'
import type { Live } from '../../lib/live.ts'
import { Answer, Card } from '../card.tsx'
import { Change } from './web-tiles.tsx'

type Vital = WebOverviewResult['web_vitals'][number]

const WORDS: Record<WebVital, string> = {
  LCP: 'Largest contentful paint',
  INP: 'Interaction to next paint',
  CLS: 'Cumulative layout shift',
  FCP: 'First contentful paint',
}
const RATINGS: Record<Vital['rating'], string> = {
  good: 'Good',
  needs_improvement: 'Needs improvement',
  poor: 'Poor',
}

/** How fast the pages were for three visits of four. */
export function WebVitals({ live }: { live: Live<WebOverviewResult> }) {
  const quiet = { ...live, error: null }
  return (
    <Card title="Web vitals" className="web-list web-vitals">
      <Answer live={quiet} emptyWords={emptyWords}>
        {({ web_vitals }) => (
          <table className="web-table">
            <thead>
              <tr>
                <th scope="col">Metric</th>
                <th scope="col" className="number">
                  <abbr title="75th percentile">p75</abbr>
                </th>
                <th scope="col">Rating</th>
                <th scope="col" className="number">
                  Change
                </th>
              </tr>
            </thead>
            <tbody>
              {web_vitals.map((vital) => (
                <tr key={vital.metric}>
                  <th scope="row">
                    <abbr title={WORDS[vital.metric]}>{vital.metric}</abbr>
                  </th>
                  <td className="number" title={`${formatNumber(vital.samples)} samples`}>
                    {formatVital(vital)}
                  </td>
                  <td>
                    <span className="rating" data-rating={vital.rating}>
                      {RATINGS[vital.rating]}
                    </span>
                  </td>
                  <td className="number">
                    {vital.previous === null ? '–' : <Change change={vital.change} lessIsBetter />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Answer>
    </Card>
  )
}

function formatVital({ metric, value }: Vital): string {
  if (value === null) return '–'
  return metric === 'CLS' ? value.toFixed(3) : `${formatNumber(Math.round(value))} ms`
}

function emptyWords({ web_vitals }: WebOverviewResult): string | null {
  return web_vitals.length > 0 ? null : 'No event $web_vitals in this date range.'
}

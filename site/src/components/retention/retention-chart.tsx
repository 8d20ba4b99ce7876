import type { RetentionResult } from '@headwater/schemas/insights/retention'
import { breakdownName } from '../../lib/format.ts'
import { retentionPlot } from '../../plots/retention.ts'
import { seriesColors } from '../../plots/series.ts'
import { PlotFigure } from '../plot-figure.tsx'
import { Swatch } from '../trend-view.tsx'

interface Props {
  result: RetentionResult
  breakdown: string | undefined
  height?: number
}

const HEIGHT = 264

/** The mean of all rows as a curve, one for each group. */
export function RetentionChart({ result, breakdown, height = HEIGHT }: Props) {
  const colors = seriesColors(result.groups.map((group) => group.breakdown))
  return (
    <>
      <ul className="legend" aria-label="Groups">
        {result.groups.map((group, g) => (
          <li key={JSON.stringify(group.breakdown)}>
            <Swatch color={colors[g]} />
            {group.breakdown ? breakdownName(group.breakdown, breakdown) : 'Mean of all rows'}
          </li>
        ))}
      </ul>
      <PlotFigure
        signature={JSON.stringify([result.columns, result.groups, breakdown, height])}
        height={height}
        draw={(width) => retentionPlot(result, { width, breakdown, height })}
      />
    </>
  )
}

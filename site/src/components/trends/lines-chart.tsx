import { CHARTS, isKeyOf } from '../../lib/choices.ts'
import type { TrendsQuestion } from '../../lib/trends.ts'
import type { PlacedAnnotation } from '../../plots/annotations.ts'
import type { DrawnLines } from '../../plots/lines.ts'
import { effectiveChart } from '../../plots/trend.ts'
import type { LineActors } from '../trend-table.tsx'
import { TrendChart } from '../trend-view.tsx'

interface Props {
  drawn: DrawnLines
  question: TrendsQuestion
  annotations: readonly PlacedAnnotation[]
  actorsOf: LineActors
}

const HEIGHT = 320

/** Lines or bars of any trends question, those of an earlier time fainter. */
export function LinesChart({ drawn, question, annotations, actorsOf }: Props) {
  const chart = isKeyOf(CHARTS, question.view) ? question.view : 'line'
  return (
    <>
      <TrendChart
        result={drawn}
        chart={chart}
        height={HEIGHT}
        annotations={annotations}
        actorsOf={actorsOf}
      />
      {effectiveChart(chart, drawn) !== chart && (
        <p className="hint">Drawn as lines: these numbers do not add up where they overlap.</p>
      )}
    </>
  )
}

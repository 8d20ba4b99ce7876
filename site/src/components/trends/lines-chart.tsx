import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { CHARTS, isKeyOf } from '../../lib/choices.ts'
import type { TrendsQuestion } from '../../lib/trends.ts'
import type { PlacedAnnotation } from '../../plots/annotations.ts'
import { drawnLines } from '../../plots/lines.ts'
import { effectiveChart } from '../../plots/trend.ts'
import { TrendChart } from '../trend-view.tsx'

interface Props {
  result: TrendsResult
  question: TrendsQuestion
  annotations: readonly PlacedAnnotation[]
}

const HEIGHT = 320

/** Lines or bars of any trends question, those of an earlier time fainter. */
export function LinesChart({ result, question, annotations }: Props) {
  const drawn = drawnLines(result, question)
  const chart = isKeyOf(CHARTS, question.view) ? question.view : 'line'
  return (
    <>
      <TrendChart result={drawn} chart={chart} height={HEIGHT} annotations={annotations} />
      {effectiveChart(chart, drawn) !== chart && (
        <p className="hint">Drawn as lines: these numbers do not add up where they overlap.</p>
      )}
    </>
  )
}

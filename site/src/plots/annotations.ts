import * as Plot from '@observablehq/plot'
import { wallTime, wallTimeIn } from '../lib/format.ts'
import { nextWallTime } from './buckets.ts'
import type { DrawnTrend } from './series.ts'

/** An annotation within the range of a chart. */
export interface PlacedAnnotation {
  id: string
  /** By which the list under the chart names it: from 1, the earliest first. */
  number: number
  text: string
  /** On the wall clock of the chart's zone. */
  at: Date
}

/** Those that fall into the range of a chart, in order of time. */
export function placeAnnotations(
  annotations: readonly { id: string; time: string; text: string }[],
  { buckets, interval }: Pick<DrawnTrend, 'buckets' | 'interval'>,
  timeZone: string,
): PlacedAnnotation[] {
  const [first, last] = [buckets[0], buckets.at(-1)]
  if (first === undefined || last === undefined) return []
  const [from, to] = [wallTime(first), nextWallTime(last, interval)]
  return annotations
    .map(({ id, text, time }) => ({ id, text, at: wallTimeIn(time, timeZone) }))
    .filter(({ at }) => at >= from && at < to)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map((annotation, i) => ({ ...annotation, number: i + 1 }))
}

/** A line down from a numbered dot at the top of the chart. */
export function annotationMarks(annotations: readonly PlacedAnnotation[]): Plot.Markish[] {
  if (annotations.length === 0) return []
  const atTop = { x: 'at', frameAnchor: 'top' } as const
  return [
    Plot.ruleX(annotations, { x: 'at', stroke: 'var(--annotation)', strokeDasharray: '2,3' }),
    Plot.dot(annotations, { ...atTop, r: 8, dy: -8, fill: 'var(--annotation)', title: 'text' }),
    Plot.text(annotations, {
      ...atTop,
      text: (one: PlacedAnnotation) => String(one.number),
      dy: -8,
      lineAnchor: 'middle',
      fill: 'var(--surface)',
      fontSize: 10,
      fontWeight: 600,
      pointerEvents: 'none',
    }),
  ]
}

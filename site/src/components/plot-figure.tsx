import * as Plot from '@observablehq/plot'
import { useEffect, useRef } from 'react'
import { useWidth } from '../lib/use-width.ts'

interface Props {
  /** Changes exactly when the picture does; an equal one is not drawn again (no flicker). */
  signature: string
  draw(width: number): Plot.PlotOptions
  height: number
}

/** Draws Plot options at the width of its place. */
export function PlotFigure({ signature, draw, height }: Props) {
  const [place, width] = useWidth<HTMLDivElement>()
  const latestDraw = useRef(draw)
  latestDraw.current = draw

  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for what `draw` shows.
  useEffect(() => {
    if (width > 0) place.current?.replaceChildren(Plot.plot(latestDraw.current(width)))
  }, [signature, width])

  return <div className="plot-place" ref={place} style={{ minHeight: height }} />
}

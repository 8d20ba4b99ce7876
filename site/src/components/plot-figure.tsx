import * as Plot from '@observablehq/plot'
import { useEffect, useRef, useState } from 'react'

interface Props {
  /** Changes exactly when the picture does; an equal one is not drawn again (no flicker). */
  signature: string
  draw(width: number): Plot.PlotOptions
  height: number
}

/** Draws Plot options at the width of its place. */
export function PlotFigure({ signature, draw, height }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const latestDraw = useRef(draw)
  latestDraw.current = draw

  useEffect(() => {
    if (!place.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width))
    })
    observer.observe(place.current)
    return () => observer.disconnect()
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for what `draw` shows.
  useEffect(() => {
    if (width > 0) place.current?.replaceChildren(Plot.plot(latestDraw.current(width)))
  }, [signature, width])

  return <div className="plot-place" ref={place} style={{ minHeight: height }} />
}

import * as Plot from '@observablehq/plot'
import { useEffect, useRef, useState } from 'react'
import { useWidth } from '../lib/use-width.ts'
import { type Pick, pickAt, pickedShapes } from '../plots/pick.ts'
import { ActorsDialog, type AskedActors } from './actors/actors-dialog.tsx'

/** Whom a number of a picture names; null where nobody is behind it. */
export type WhoOf = (pick: Pick) => AskedActors | null

interface Props {
  /** Changes exactly when the picture does; an equal one is not drawn again (no flicker). */
  signature: string
  draw(width: number): Plot.PlotOptions
  height: number
  /** Lets shapes name who is behind them when they are clicked, as the numbers of the table do. */
  who?: WhoOf | undefined
}

/** Draws Plot options at the width of its place. */
export function PlotFigure({ signature, draw, height, who }: Props) {
  const [place, width] = useWidth<HTMLDivElement>()
  const [asked, setAsked] = useState<AskedActors | null>(null)
  const latest = useRef({ draw, who })
  latest.current = { draw, who }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for what `draw` shows.
  useEffect(() => {
    if (width === 0) return
    const picture = Plot.plot(latest.current.draw(width))
    const actorsAt = (event: Event) => {
      const pick = pickAt(event.target)
      return pick && (latest.current.who?.(pick) ?? null)
    }
    for (const shape of pickedShapes(picture)) {
      const pick = pickAt(shape)
      nameWho(shape, (pick && latest.current.who?.(pick)) ?? null)
    }
    picture.addEventListener('click', (event) => setAsked(actorsAt(event)))
    // Plot would keep its tip where it was pressed, under the dialog and after it.
    picture.addEventListener('pointerdown', (event) => actorsAt(event) && event.stopPropagation(), {
      capture: true,
    })
    place.current?.replaceChildren(picture)
  }, [signature, width])

  return (
    <>
      <div className="plot-place" ref={place} style={{ minHeight: height }} />
      {asked && <ActorsDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  )
}

function nameWho(shape: Element, asked: AskedActors | null): void {
  if (!asked) return
  shape.setAttribute('data-who', '')
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title')
  title.textContent = `Who: ${asked.title}`
  shape.append(title)
}

import { type PointerEvent, useRef } from 'react'
import { COLUMNS, type Place } from '../../lib/tile-layout.ts'
import { GAP_PX, ROW_PX } from './board-tile.tsx'

/** What follows a tile that is dragged. */
export interface TileDrag {
  start(): void
  /** Where the pointer wants it; it may be beyond the grid. */
  to(place: Place): void
}

interface Props extends TileDrag {
  place: Place
  /** Moves the tile, or its lower right corner. */
  mode: 'move' | 'resize'
}

interface Start {
  pointer: { x: number; y: number }
  place: Place
  columnPx: number
}

const TITLES = { move: 'Drag to move', resize: 'Drag to resize' } as const

/** Where a tile is taken with the mouse or a finger; keys and buttons do the same. */
export function DragHandle({ place: { x, y, w, h }, mode, start, to }: Props) {
  const begun = useRef<Start | null>(null)
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const board = event.currentTarget.closest('.board')
    if (!board || event.button !== 0) return
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
    begun.current = {
      pointer: { x: event.clientX, y: event.clientY },
      place: { x, y, w, h },
      columnPx: (board.clientWidth + GAP_PX) / COLUMNS,
    }
    start()
  }
  const onPointerMove = (event: PointerEvent) => {
    if (!begun.current) return
    const { pointer, place, columnPx } = begun.current
    const columns = Math.round((event.clientX - pointer.x) / columnPx)
    const rows = Math.round((event.clientY - pointer.y) / (ROW_PX + GAP_PX))
    to(
      mode === 'move'
        ? { ...place, x: place.x + columns, y: place.y + rows }
        : { ...place, w: place.w + columns, h: place.h + rows },
    )
  }
  const end = () => {
    begun.current = null
  }
  return (
    <span
      className="tile-drag"
      data-mode={mode}
      title={TITLES[mode]}
      aria-hidden="true"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={end}
      onPointerCancel={end}
    />
  )
}

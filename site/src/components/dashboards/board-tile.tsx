import type { SavedAnnotation } from '@headwater/schemas/insights/annotation'
import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { AskedInsight } from '@headwater/schemas/insights/insight'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { annotationsOf } from '../../lib/annotations.ts'
import {
  askedOver,
  askedWith,
  type BoardFilters,
  type BoardRange,
  type Tile,
} from '../../lib/board.ts'
import { insightAddress } from '../../lib/insight-address.ts'
import type { Live } from '../../lib/live.ts'
import { textBlocks } from '../../lib/markdown.ts'
import type { Listed } from '../../lib/saved.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import type { Site } from '../../lib/site.ts'
import { COLUMNS, type TileChange } from '../../lib/tile-layout.ts'
import { InsightTile } from '../saved/insight-tile.tsx'
import { DragHandle, type TileDrag } from './drag-handle.tsx'
import { TileTools } from './tile-tools.tsx'

export type BoardInsight = NonNullable<SavedDashboard['insights']>[number]

interface TileEdit {
  change(change: TileChange): void
  remove(): void
  write(text: string): void
  drag: TileDrag
}

interface Props {
  site: Site
  project: string
  tile: Tile
  /** Undefined for a text, and for what was added and is not saved yet. */
  insight: BoardInsight | undefined
  range: BoardRange | null
  /** Of the dashboard, as they were saved and as they are. */
  filters: { saved: BoardFilters; current: BoardFilters }
  paused: boolean
  /** Those of the project and of the dashboard, and of every insight. */
  annotations: Live<Listed<SavedAnnotation>>
  /** Where the tile is. */
  dashboard: string
  /** What can be done to the tile while the dashboard is edited; null otherwise. */
  edit: TileEdit | null
}

/** Of one row of the grid, with the gap between two; as styles/dashboards.css has them. */
export const ROW_PX = 76
export const GAP_PX = 16
/** Of a tile's own title, legend and foot. */
const FRAME_PX = 138
const MIN_CHART_PX = 120

const KEYS: Record<string, TileChange> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  'Shift ArrowLeft': 'narrower',
  'Shift ArrowRight': 'wider',
  'Shift ArrowUp': 'shorter',
  'Shift ArrowDown': 'taller',
}

/** One tile in its place: an insight with a way to its page, or a text. */
export function BoardTile(props: Props) {
  const { project, tile, insight, edit } = props
  const name = 'text' in tile ? 'Text' : (insight?.name ?? 'Insight')
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys within a field are the field's own.
    if (!edit || event.target !== event.currentTarget) return
    const change = KEYS[`${event.shiftKey ? 'Shift ' : ''}${event.key}`]
    if (!change) return
    event.preventDefault()
    edit.change(change)
  }
  return (
    <section
      className="card board-tile"
      aria-label={name}
      data-text={'text' in tile}
      style={{
        gridColumn: `${tile.x + 1} / span ${tile.w}`,
        gridRow: `${tile.y + 1} / span ${tile.h}`,
        // Where the screen has one column, tiles stand in the order of their rows.
        order: tile.y * COLUMNS + tile.x,
      }}
      // The arrow keys move it while it is edited.
      tabIndex={edit ? 0 : undefined}
      onKeyDown={onKeyDown}
    >
      {'text' in tile ? (
        <TextTile text={tile.text} write={edit?.write ?? null} />
      ) : (
        <>
          <header className="card-header">
            <h2 title={insight?.description || undefined}>
              {insight ? (
                <a href={hrefOf(insight, askedOf(props, insight), project)}>{insight.name}</a>
              ) : (
                'An insight that is gone'
              )}
            </h2>
          </header>
          {insight && <Drawn {...props} insight={insight} />}
        </>
      )}
      {edit && <DragHandle place={tile} mode="move" {...edit.drag} />}
      {edit && <DragHandle place={tile} mode="resize" {...edit.drag} />}
      {edit && <TileTools name={name} onChange={edit.change} onRemove={edit.remove} />}
    </section>
  )
}

function Drawn(props: Props & { insight: BoardInsight }) {
  const { site, tile, insight, paused, annotations, dashboard } = props
  const height = tile.h * (ROW_PX + GAP_PX) - GAP_PX - FRAME_PX
  return (
    <OnceSeen>
      <div className="board-body">
        <InsightTile
          site={site}
          query={askedOf(props, insight)}
          paused={paused}
          height={Math.max(MIN_CHART_PX, height)}
          annotations={annotationsOf(annotations, { dashboard, insight: insight.id })}
        />
      </div>
    </OnceSeen>
  )
}

/** Asks nothing before the reader comes near: a long dashboard would ask everything at once. */
function OnceSeen({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (!place.current) return
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true),
      { rootMargin: '200px' },
    )
    observer.observe(place.current)
    return () => observer.disconnect()
  }, [])
  return (
    <div className="board-place" ref={place}>
      {seen && children}
    </div>
  )
}

function TextTile({ text, write }: { text: string; write: ((text: string) => void) | null }) {
  if (write) {
    return (
      <label className="board-text">
        <span className="visually-hidden">Text of the tile</span>
        <textarea value={text} maxLength={5_000} onChange={(event) => write(event.target.value)} />
      </label>
    )
  }
  return (
    <div className="board-text">
      {textBlocks(text).map(({ kind, lines }, b) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place in the text.
        if (kind === 'heading') return <h2 key={b}>{lines[0]}</h2>
        if (kind === 'list') {
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <ul key={b}>
              {lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )
        }
        // biome-ignore lint/suspicious/noArrayIndexKey: as above.
        return <p key={b}>{lines.join('\n')}</p>
      })}
    </div>
  )
}

const askedOf = ({ range, filters }: Props, { query }: BoardInsight): AskedInsight =>
  askedWith(askedOver(query, range), filters.saved, filters.current)

function hrefOf({ id }: BoardInsight, query: AskedInsight, project: string): string {
  const address = insightAddress(query)
  return address?.href ?? `/saved?${savedSearch(project, id)}`
}

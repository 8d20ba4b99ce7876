import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { type FormEvent, useRef, useState } from 'react'
import { useAnnotations } from '../../lib/annotations.ts'
import { dashboardBody, rangeOf, type Tile, withRange } from '../../lib/board.ts'
import { creation, replacement } from '../../lib/saved.ts'
import { useAction } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import {
  changeTile,
  nextPlace,
  type Place,
  placeTile,
  removeTile,
  TILE_SIZE,
  type TileChange,
} from '../../lib/tile-layout.ts'
import { NotSaved } from '../saved/conflict.tsx'
import { Line, Lines } from '../saved/fields.tsx'
import { AddTile } from './add-tile.tsx'
import { BoardFilterList } from './board-filters.tsx'
import { type BoardInsight, BoardTile } from './board-tile.tsx'
import { RangeChoice } from './range-choice.tsx'

interface Props {
  site: Site
  project: string
  /** As it was when editing began: its version is the one that is changed. */
  board: SavedDashboard
  /** Saved, or given up. */
  onDone(): void
}

/** A tile with a name of its own: it keeps the focus wherever it moves. */
type DraftTile = Tile & { draft: number }

const TEXT_SIZE = { w: 12, h: 1 }

/** Changes a dashboard at one's own place; nothing is saved before Save, and then all of it. */
export function BoardEditor({ site, project, board, onDone }: Props) {
  const [name, setName] = useState(board.name)
  const [description, setDescription] = useState(board.description)
  const [range, setRange] = useState(rangeOf(board))
  const [filters, setFilters] = useState(board.filters)
  const [tiles, setTiles] = useState<DraftTile[]>(() =>
    board.tiles.map((tile, draft) => ({ ...tile, draft })),
  )
  const [made, setMade] = useState(board.tiles.length)
  const [insights, setInsights] = useState<BoardInsight[]>(board.insights ?? [])
  const [told, setTold] = useState('')
  /** As they were when the tile that is dragged was taken. */
  const before = useRef(tiles)
  const annotations = useAnnotations(site, project)
  const action = useAction()

  const body = () => ({
    ...withRange(dashboardBody(board), range),
    ...{ name, description, filters },
    tiles: tiles.map(({ draft: _, ...tile }) => tile),
  })
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const call = replacement('dashboard', project, board, body())
    if (await action.run(async () => void (await site.client.call<SavedDashboard>(call, 'id')))) {
      onDone()
    }
  }
  const saveCopy = async () => {
    const call = creation('dashboard', project, { ...body(), name: `${name} (mine)`.slice(0, 200) })
    if (await action.run(async () => void (await site.client.call<SavedDashboard>(call, 'id')))) {
      onDone()
    }
  }
  const add = (content: { insight: string } | { text: string }, size: { w: number; h: number }) => {
    setTiles([...tiles, { ...content, ...nextPlace(tiles, size), draft: made }])
    setMade(made + 1)
  }
  const addInsight = ({ id, key, name, description, query }: SavedInsight) => {
    if (!insights.some((one) => one.id === id)) {
      setInsights([...insights, { id, key, name, description, query }])
    }
    add({ insight: id }, TILE_SIZE)
  }
  const move = (tile: DraftTile, change: TileChange) => {
    show(changeTile(tiles, tile, change), tile)
  }
  const show = (next: DraftTile[], { draft }: DraftTile) => {
    setTiles(next)
    const place = next.find((one) => one.draft === draft)
    if (place) setTold(`Column ${place.x + 1}, row ${place.y + 1}, ${place.w} by ${place.h}`)
  }
  const drag = ({ draft }: DraftTile) => ({
    start() {
      before.current = tiles
    },
    to(place: Place) {
      const taken = before.current.find((one) => one.draft === draft)
      if (taken) show(placeTile(before.current, taken, place), taken)
    },
  })
  const write = (tile: DraftTile, text: string) =>
    setTiles(tiles.map((one) => (one === tile && 'text' in one ? { ...one, text } : one)))

  return (
    <form onSubmit={save}>
      <section className="controls" aria-label="The dashboard">
        <div className="board-facts">
          <Line label="Name" value={name} required maxLength={200} onChange={setName} />
          <Lines
            label="Description"
            value={description}
            maxLength={5_000}
            onChange={setDescription}
          />
        </div>
        <div className="control-row">
          <RangeChoice range={range} withOwn onChange={setRange} />
          <AddTile
            site={site}
            project={project}
            onInsight={addInsight}
            onText={() => add({ text: '## Heading' }, TEXT_SIZE)}
          />
        </div>
        <div className="control-row">
          <BoardFilterList site={site} project={project} filters={filters} onChange={setFilters} />
        </div>
        <p className="hint">
          Tiles are dragged by their upper right corner, and resized at their lower right one. The
          arrow keys move the tile that has the focus; with Shift they make it wider, narrower,
          taller or shorter.
        </p>
        {action.error?.code === 'version_conflict' && (
          <button type="button" disabled={action.busy} onClick={saveCopy}>
            Save mine as another dashboard
          </button>
        )}
        <NotSaved error={action.error} onReload={onDone} />
        <div className="form-actions">
          <button type="submit" className="primary" disabled={action.busy}>
            {action.busy ? 'Saving …' : 'Save'}
          </button>
          <button type="button" onClick={onDone}>
            Cancel
          </button>
        </div>
      </section>
      <p className="visually-hidden" role="status">
        {told}
      </p>
      <div className="board" data-edited="true">
        {/* In an order of its own, so that a tile that moves keeps the focus. */}
        {tiles
          .toSorted((a, b) => a.draft - b.draft)
          .map((tile) => (
            <BoardTile
              key={tile.draft}
              site={site}
              project={project}
              tile={tile}
              insight={insights.find((one) => 'insight' in tile && one.id === tile.insight)}
              range={range}
              filters={{ saved: board.filters, current: filters }}
              paused
              annotations={annotations}
              dashboard={board.id}
              edit={{
                change: (change) => move(tile, change),
                remove: () => setTiles(removeTile(tiles, tile)),
                write: (text) => write(tile, text),
                drag: drag(tile),
              }}
            />
          ))}
      </div>
    </form>
  )
}

import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import { useState } from 'react'
import { useAnnotations } from '../../lib/annotations.ts'
import {
  type BoardFilters,
  type BoardRange,
  dashboardBody,
  rangeOf,
  splitFilters,
  withRange,
} from '../../lib/board.ts'
import { type BoardAddress, readBoard, writeBoard } from '../../lib/board-address.ts'
import { creation, deletion, itemPath } from '../../lib/saved.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Card, ErrorNotice } from '../card.tsx'
import { NotSaved } from '../saved/conflict.tsx'
import { DeleteButton } from '../saved/delete-button.tsx'
import { HistoryOf } from '../saved/history.tsx'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { BoardEditor } from './board-editor.tsx'
import { BoardFilterList } from './board-filters.tsx'
import { BoardTile } from './board-tile.tsx'
import { RangeChoice } from './range-choice.tsx'

interface Props {
  site: Site
  project: string
  id: string
  search: URLSearchParams
  onSearch(search: URLSearchParams): void
  /** Shows another dashboard; the list when it is left out. */
  onOpen(id?: string): void
}

/** One dashboard: its tiles over one range, which is in the address; its editor, and its history. */
export function Board({ site, project, id, search, onSearch, onOpen }: Props) {
  const [revision, setRevision] = useState(0)
  const [paused, setPaused] = useState(false)
  /** The version that is edited, as it was when editing began. */
  const [edited, setEdited] = useState<SavedDashboard | null>(null)
  const action = useAction()
  const live = useSaved<SavedDashboard>(site, itemPath('dashboard', project, id), 'id', revision)
  const board = live.data
  const chosen = readBoard(search)
  const { ignored } = chosen
  const back = { href: `/dashboards?${savedSearch(project)}`, name: 'Dashboards' }
  const frame = { site, project, back, ignored }
  if (!board) {
    return (
      <SavedFrame title="Dashboard" {...frame}>
        {live.error && <ErrorNotice error={live.error} />}
      </SavedFrame>
    )
  }

  const again = () => {
    action.clear()
    setEdited(null)
    setRevision(revision + 1)
  }
  if (edited) {
    return (
      <SavedFrame title={board.name} {...frame}>
        <BoardEditor site={site} project={project} board={edited} onDone={again} />
      </SavedFrame>
    )
  }
  const saved = rangeOf(board)
  const range = chosen.range ?? saved
  const filters = chosen.filters
    ? [...chosen.filters, ...splitFilters(board.filters).others]
    : board.filters
  const show = (change: Partial<BoardAddress>) =>
    onSearch(writeBoard(project, id, { ...chosen, ...change }))
  const keep = () =>
    action.run(async () => {
      const body = { ...withRange(dashboardBody(board), range), filters, version: board.version }
      const path = itemPath('dashboard', project, id)
      await site.client.call<SavedDashboard>({ method: 'PUT', path, body }, 'id')
      onSearch(writeBoard(project, id, { range: null, filters: null }))
      again()
    })
  const duplicate = () =>
    action.run(async () => {
      const body = { ...dashboardBody(board), name: `Copy of ${board.name}`.slice(0, 200) }
      const call = creation('dashboard', project, body)
      onOpen((await site.client.call<SavedDashboard>(call, 'id')).id)
    })
  const remove = async () => {
    const call = deletion('dashboard', project, board)
    if (await action.run(async () => void (await site.client.call<SavedDashboard>(call, 'id')))) {
      onOpen()
    }
  }

  return (
    <SavedFrame
      title={board.name}
      {...frame}
      actions={
        <>
          <button
            type="button"
            className="quiet"
            aria-pressed={paused}
            onClick={() => setPaused(!paused)}
          >
            {paused ? 'Resume' : 'Pause'}
          </button>
          <button type="button" className="primary" onClick={() => setEdited(board)}>
            Edit
          </button>
          <button type="button" disabled={action.busy} onClick={duplicate}>
            Duplicate
          </button>
          <DeleteButton name={board.name} busy={action.busy} onDelete={remove} />
        </>
      }
    >
      {live.error && <ErrorNotice error={live.error} />}
      <NotSaved error={action.error} onReload={again} />
      {board.description && <p className="described">{board.description}</p>}
      <section className="controls controls-slim" aria-label="Dates and filters of all tiles">
        <div className="control-row">
          <RangeChoice
            range={range}
            withOwn={saved === null}
            onChange={(next) => show({ range: next })}
          />
          <BoardFilterList
            site={site}
            project={project}
            filters={filters}
            onChange={(next) => show({ filters: splitFilters(next).plain })}
          />
          {(chosen.range !== null || chosen.filters !== null) && (
            <button type="button" className="quiet" disabled={action.busy} onClick={keep}>
              {chosen.filters === null
                ? 'Keep this range for everybody'
                : 'Keep these filters for everybody'}
            </button>
          )}
        </div>
      </section>
      <BoardTiles
        site={site}
        project={project}
        board={board}
        range={range}
        filters={filters}
        paused={paused}
        onEdit={() => setEdited(board)}
      />
      <Card title="History" className="card-below">
        <HistoryOf<SavedDashboard>
          site={site}
          noun="dashboard"
          project={project}
          item={board}
          describe={({ name, tiles }) =>
            `${name}: ${tiles.length} ${tiles.length === 1 ? 'tile' : 'tiles'}`
          }
          onRestored={again}
        />
      </Card>
    </SavedFrame>
  )
}

interface TilesProps {
  site: Site
  project: string
  board: SavedDashboard
  range: BoardRange | null
  filters: BoardFilters
  paused: boolean
  onEdit(): void
}

function BoardTiles({ site, project, board, range, filters, paused, onEdit }: TilesProps) {
  const annotations = useAnnotations(site, project)
  if (board.tiles.length === 0) {
    return (
      <section className="panel" aria-label="No tiles yet">
        <h2>No tiles yet</h2>
        <p>
          Save an insight on <a href="/trends">Trends</a> or <a href="/funnels">Funnels</a> and add
          it here, or put saved ones on this page.
        </p>
        <p>
          <button type="button" onClick={onEdit}>
            Add tiles
          </button>
        </p>
      </section>
    )
  }
  return (
    <div className="board">
      {board.tiles.map((tile, t) => (
        <BoardTile
          // biome-ignore lint/suspicious/noArrayIndexKey: a tile has no identity but its place.
          key={t}
          site={site}
          project={project}
          tile={tile}
          insight={board.insights?.find((one) => 'insight' in tile && one.id === tile.insight)}
          range={range}
          filters={{ saved: board.filters, current: filters }}
          paused={paused}
          annotations={annotations}
          dashboard={board.id}
          edit={null}
        />
      ))}
    </div>
  )
}

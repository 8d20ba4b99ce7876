import { useSearch } from '../../lib/address.ts'
import { readSaved, savedSearch } from '../../lib/saved-address.ts'
import { useSite } from '../../lib/site.ts'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { Board } from './board.tsx'
import { BoardList } from './board-list.tsx'

/** All dashboards, or one of them. */
export function DashboardsPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const state = site && readSaved(search, site.defaults)
  if (!site || !state) return null
  const { project, id, ignored } = state
  if (id !== null) {
    return (
      <Board
        key={id}
        site={site}
        project={project}
        id={id}
        search={search}
        onSearch={push}
        onOpen={(other) => push(savedSearch(project, other))}
      />
    )
  }
  return (
    <SavedFrame title="Dashboards" site={site} project={project} ignored={ignored}>
      <BoardList site={site} project={project} onOpen={(one) => push(savedSearch(project, one))} />
    </SavedFrame>
  )
}

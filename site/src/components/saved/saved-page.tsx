import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { useState } from 'react'
import { useSearch } from '../../lib/address.ts'
import { formatAgo } from '../../lib/format.ts'
import { insightAddress } from '../../lib/insight-address.ts'
import { KIND_WORDS, listPath } from '../../lib/saved.ts'
import { readSaved, savedSearch } from '../../lib/saved-address.ts'
import { useSavedPages } from '../../lib/saved-calls.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { Card } from '../card.tsx'
import { TextField } from '../choice.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { InsightOne } from './insight-one.tsx'
import { RemovedList } from './removed-list.tsx'
import { SavedAnswer } from './saved-answer.tsx'
import { SavedFrame } from './saved-frame.tsx'

/** All saved insights, or one of them. */
export function SavedPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const state = site && readSaved(search, site.defaults)
  if (!site || !state) return null
  const { project, id, ignored } = state
  if (id !== null) {
    return (
      <InsightOne
        key={id}
        site={site}
        project={project}
        id={id}
        onGone={() => push(savedSearch(project))}
      />
    )
  }
  return (
    <SavedFrame title="Saved insights" site={site} project={project} ignored={ignored}>
      <InsightList site={site} project={project} />
    </SavedFrame>
  )
}

function InsightList({ site, project }: { site: Site; project: string }) {
  const [wanted, setWanted] = useState('')
  const [revision, setRevision] = useState(0)
  const path = listPath('insight', project, { search: wanted || undefined })
  const live = useSavedPages<SavedInsight>(site, path, revision)
  return (
    <>
      <section className="controls controls-slim" aria-label="What is listed">
        <div className="control-row">
          <TextField label="Search" value={wanted} onCommit={setWanted} />
        </div>
      </section>
      <Card title="Insights">
        <SavedAnswer pages={live} empty={emptyWords(wanted)} words="insights">
          {(items) => <InsightTable items={items} project={project} />}
        </SavedAnswer>
      </Card>
      <Card title="Deleted insights" className="card-below">
        <RemovedList
          site={site}
          noun="insight"
          project={project}
          revision={revision}
          onRestored={() => setRevision(revision + 1)}
        />
      </Card>
    </>
  )
}

function InsightTable({ items, project }: { items: SavedInsight[]; project: string }) {
  return (
    <ScrollRegion label="Saved insights">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Kind</th>
            <th scope="col">Opens in</th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, name, description, query, updated_at }) => {
            const address = insightAddress(query)
            return (
              <tr key={id}>
                <th scope="row" title={description || undefined}>
                  <a href={`/saved?${savedSearch(project, id)}`}>{name}</a>
                </th>
                <td>{KIND_WORDS[query.kind]}</td>
                <td>{address ? <a href={address.href}>{address.page}</a> : 'a table'}</td>
                <td>{formatAgo(updated_at)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

const emptyWords = (wanted: string): string =>
  wanted === ''
    ? 'Nothing is saved yet: press Save on Trends or Funnels.'
    : 'No insight holds this text.'

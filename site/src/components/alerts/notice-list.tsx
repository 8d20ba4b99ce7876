import { useState } from 'react'
import {
  channelWords,
  conditionWords,
  EVERY,
  type Notice,
  type NoticeNoun,
} from '../../lib/alerts.ts'
import { listPath } from '../../lib/saved.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useSavedPages } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Card } from '../card.tsx'
import { Dialog } from '../saved/dialog.tsx'
import { RemovedList } from '../saved/removed-list.tsx'
import { SavedAnswer } from '../saved/saved-answer.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { AlertForm } from './alert-form.tsx'
import { LastLook, StateMark } from './notice-state.tsx'
import { SubscriptionForm } from './subscription-form.tsx'

interface Props {
  noun: NoticeNoun
  site: Site
  project: string
  onOpen(id: string): void
}

const WORDS = {
  alert: {
    title: 'Alerts',
    add: 'New alert',
    empty: 'None yet. An alert tells you when a number of a saved insight crosses a limit.',
  },
  subscription: {
    title: 'Subscriptions',
    add: 'New subscription',
    empty: 'None yet. A subscription sends you the answers of a dashboard or an insight.',
  },
}

/** All alerts, or all subscriptions, with how they stand. */
export function NoticeList({ noun, site, project, onOpen }: Props) {
  const [making, setMaking] = useState(false)
  const [revision, setRevision] = useState(0)
  const live = useSavedPages<Notice>(site, listPath(noun, project), revision)
  const words = WORDS[noun]
  const Form = noun === 'alert' ? AlertForm : SubscriptionForm
  return (
    <Card
      title={words.title}
      className="notices"
      actions={
        <button type="button" onClick={() => setMaking(true)}>
          {words.add}
        </button>
      }
    >
      <SavedAnswer pages={live} empty={words.empty} words={`${noun}s`}>
        {(items) => <NoticeTable noun={noun} project={project} items={items} />}
      </SavedAnswer>
      <RemovedList
        site={site}
        noun={noun}
        project={project}
        revision={revision}
        onRestored={() => setRevision(revision + 1)}
      />
      {making && (
        <Dialog title={words.add} onClose={() => setMaking(false)}>
          <Form site={site} project={project} onDone={(saved) => onOpen(saved.id)} />
        </Dialog>
      )}
    </Card>
  )
}

interface TableProps extends Pick<Props, 'noun' | 'project'> {
  items: Notice[]
}

function NoticeTable({ noun, project, items }: TableProps) {
  return (
    <ScrollRegion label={`All ${noun}s`}>
      <table className="manage-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Last look</th>
            <th scope="col">Looked at</th>
            <th scope="col">{noun === 'alert' ? 'Tells when' : 'Sends'}</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <NoticeRow key={item.id} project={project} item={item} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function NoticeRow({ project, item }: { project: string; item: Notice }) {
  return (
    <tr>
      <th scope="row">
        <a href={`/alerts?${savedSearch(project, item.id)}`}>{item.name}</a>
      </th>
      <td>
        <StateMark notice={item} />
      </td>
      <td>
        <LastLook notice={item} />
      </td>
      <td>{EVERY[item.every]}</td>
      <td>{'condition' in item ? conditionWords(item.condition) : targetWords(item)}</td>
      <td>{channelWords(item.channels)}</td>
    </tr>
  )
}

const targetWords = ({ of }: Extract<Notice, { of: object }>): string =>
  'dashboard' in of ? 'a dashboard' : 'an insight'

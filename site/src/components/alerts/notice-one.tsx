import type { AlertBody, Delivery, SubscriptionBody } from '@headwater/schemas/insights/alert'
import { useState } from 'react'
import {
  channelWords,
  conditionWords,
  EVERY,
  type Notice,
  type NoticeNoun,
} from '../../lib/alerts.ts'
import { deletion, itemPath } from '../../lib/saved.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Answer, Card, ErrorNotice } from '../card.tsx'
import { NotSaved } from '../saved/conflict.tsx'
import { DeleteButton } from '../saved/delete-button.tsx'
import { Dialog } from '../saved/dialog.tsx'
import { HistoryOf } from '../saved/history.tsx'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { AlertForm } from './alert-form.tsx'
import { DeliveryTable } from './delivery-table.tsx'
import { LastLook, StateMark } from './notice-state.tsx'
import { Snooze } from './snooze.tsx'
import { SubscriptionForm } from './subscription-form.tsx'
import { WebhookSecretLine } from './webhook-secret.tsx'

interface Props {
  noun: NoticeNoun
  site: Site
  project: string
  id: string
  onGone(): void
}

/** One alert or subscription: how it stands, what it sent, and its history. */
export function NoticeOne({ noun, site, project, id, onGone }: Props) {
  const [revision, setRevision] = useState(0)
  const [editing, setEditing] = useState(false)
  const [tested, setTested] = useState<Delivery[] | null>(null)
  const action = useAction()
  const live = useSaved<Notice>(site, itemPath(noun, project, id), 'id', revision)
  const sent = useSaved<{ items: Delivery[] }>(
    site,
    itemPath(noun, project, id, 'deliveries'),
    'items',
    revision,
  )
  const notice = live.data
  const back = { href: `/alerts?${savedSearch(project)}`, name: 'Alerts' }
  const frame = { site, project, back, ignored: [] }
  if (!notice) {
    return (
      <SavedFrame title="Alert" {...frame}>
        {live.error && <ErrorNotice error={live.error} />}
      </SavedFrame>
    )
  }

  const again = () => {
    action.clear()
    setEditing(false)
    setRevision(revision + 1)
  }
  const test = () =>
    action.run(async () => {
      const call = { method: 'POST', path: itemPath(noun, project, id, 'test') } as const
      const { items } = await site.client.call<{ items: Delivery[] }>(call, 'items')
      setTested(items)
      setRevision(revision + 1)
    })
  const snooze = (until: string | null) =>
    action.run(async () => {
      const path = itemPath(noun, project, id, 'snooze')
      await site.client.call<Notice>({ method: 'POST', path, body: { until } }, 'id')
      setRevision(revision + 1)
    })
  const remove = async () => {
    const call = deletion(noun, project, notice)
    if (await action.run(async () => void (await site.client.call<Notice>(call, 'id')))) onGone()
  }
  const Form = noun === 'alert' ? AlertForm : SubscriptionForm
  return (
    <SavedFrame
      title={notice.name}
      {...frame}
      actions={
        <>
          <button type="button" className="primary" onClick={() => setEditing(true)}>
            Edit
          </button>
          <button type="button" disabled={action.busy} onClick={test}>
            Send a test
          </button>
          <DeleteButton name={notice.name} busy={action.busy} onDelete={remove} />
        </>
      }
    >
      {live.error && <ErrorNotice error={live.error} />}
      <NotSaved error={action.error} onReload={again} />
      {tested && <Tested items={tested} />}
      <Card title="How it stands" actions={<Snooze notice={notice} onSnooze={snooze} />}>
        {notice.description && <p className="described">{notice.description}</p>}
        <Facts noun={noun} notice={notice} project={project} />
      </Card>
      <Card title="Sent in the last 30 days" className="card-below">
        <Answer
          live={sent}
          emptyWords={({ items }) => (items.length === 0 ? 'Nothing was sent yet.' : null)}
        >
          {({ items }) => <DeliveryTable items={items} />}
        </Answer>
        <WebhookSecretLine site={site} project={project} />
      </Card>
      <Card title="History" className="card-below">
        <HistoryOf<AlertBody | SubscriptionBody>
          site={site}
          noun={noun}
          project={project}
          item={notice}
          describe={(body) =>
            `${body.name}: ${'condition' in body ? `${conditionWords(body.condition)}, ` : ''}${EVERY[body.every].toLowerCase()}, to ${channelWords(body.channels)}`
          }
          onRestored={again}
        />
      </Card>
      {editing && (
        <Dialog title={`Edit ${notice.name}`} onClose={() => setEditing(false)}>
          <Form site={site} project={project} notice={notice} onDone={again} />
        </Dialog>
      )}
    </SavedFrame>
  )
}

function Facts({ noun, notice, project }: Pick<Props, 'noun' | 'project'> & { notice: Notice }) {
  const of = 'of' in notice ? notice.of : { insight: notice.insight }
  const href =
    'dashboard' in of
      ? `/dashboards?${savedSearch(project, of.dashboard)}`
      : `/saved?${savedSearch(project, of.insight)}`
  return (
    <dl className="facts">
      <Fact name="State">
        <StateMark notice={notice} />
      </Fact>
      <Fact name="Last look">
        <LastLook notice={notice} />
      </Fact>
      {'condition' in notice && (
        <Fact name="Tells when">
          <code>{notice.value}</code> {conditionWords(notice.condition)}
        </Fact>
      )}
      <Fact name={noun === 'alert' ? 'Watches' : 'Sends'}>
        <a href={href}>{'dashboard' in of ? 'a dashboard' : 'a saved insight'}</a>
      </Fact>
      <Fact name="Looked at">
        {EVERY[notice.every]}
        {notice.delay_minutes > 0 && `, ${notice.delay_minutes} min after its end`}
      </Fact>
      <Fact name="To">{channelWords(notice.channels)}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Tested({ items }: { items: Delivery[] }) {
  const failed = items.filter(({ state }) => state !== 'sent')
  return failed.length === 0 ? (
    <p className="notice notice-plain" role="status">
      The test was sent to {items.length} {items.length === 1 ? 'receiver' : 'receivers'}.
    </p>
  ) : (
    <p className="notice notice-error" role="alert">
      The test did not reach {failed.map(({ url, problem }) => `${url} (${problem})`).join(', ')}.
    </p>
  )
}

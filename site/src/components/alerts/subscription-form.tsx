import type { SavedSubscription } from '@headwater/schemas/insights/alert'
import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { type FormEvent, useState } from 'react'
import { creation, type Listed, listPath, replacement } from '../../lib/saved.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import { Choice } from '../choice.tsx'
import { NotSaved } from '../saved/conflict.tsx'
import { Line, Lines } from '../saved/fields.tsx'
import type { NoticeFormProps } from './alert-form.tsx'
import { draftOf, NEW_NOTICE, type NoticeDraft, NoticeFields, savedOf } from './notice-fields.tsx'

/** Makes a subscription, or changes one. */
export function SubscriptionForm({ site, project, notice, onDone }: NoticeFormProps) {
  // As it was when the window opened: its version is the one that is changed.
  const [seen] = useState(notice as SavedSubscription | undefined)
  const [draft, setDraft] = useState<NoticeDraft>(
    seen ? draftOf(seen) : { ...NEW_NOTICE, every: 'week' },
  )
  const [description, setDescription] = useState(seen?.description ?? '')
  const [of, setOf] = useState(seen ? JSON.stringify(seen.of) : '')
  const action = useAction()
  const boards = useSaved<Listed<SavedDashboard>>(site, listPath('dashboard', project), 'items')
  const insights = useSaved<Listed<SavedInsight>>(site, listPath('insight', project), 'items')
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const body = {
      ...savedOf(draft),
      ...{ description, tags: seen?.tags ?? [], of: JSON.parse(of) },
      ...(seen?.time_zone && { time_zone: seen.time_zone }),
      ...(seen?.week_start && { week_start: seen.week_start }),
    }
    const call = seen
      ? replacement('subscription', project, seen, body)
      : creation('subscription', project, body)
    await action.run(async () => onDone(await site.client.call<SavedSubscription>(call, 'id')))
  }
  return (
    <form className="form" onSubmit={save}>
      <Line
        label="Name"
        value={draft.name}
        required
        maxLength={200}
        onChange={(name) => setDraft({ ...draft, name })}
      />
      <Choice
        label="Sends the answers of"
        value={of}
        options={[
          ['', 'Choose one …'],
          ...(boards.data?.items ?? []).map(
            ({ id, name }) => [JSON.stringify({ dashboard: id }), `Dashboard: ${name}`] as const,
          ),
          ...(insights.data?.items ?? []).map(
            ({ id, name }) => [JSON.stringify({ insight: id }), `Insight: ${name}`] as const,
          ),
        ]}
        onChange={setOf}
      />
      <NoticeFields
        draft={draft}
        fault={action.error?.field ?? null}
        onChange={(change) => setDraft({ ...draft, ...change })}
      />
      <Lines label="Description" value={description} maxLength={5_000} onChange={setDescription} />
      <NotSaved error={action.error} onReload={() => seen && onDone(seen)} />
      <div className="form-actions">
        <button type="submit" className="primary" disabled={action.busy || of === ''}>
          {action.busy ? 'Saving …' : 'Save'}
        </button>
      </div>
    </form>
  )
}

import type { Condition, SavedAlert } from '@headwater/schemas/insights/alert'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { type FormEvent, useState } from 'react'
import { CONDITIONS, type Notice, readCondition, valueOptions } from '../../lib/alerts.ts'
import { creation, type Listed, listPath, replacement } from '../../lib/saved.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Choice, optionsOf, PickOrType } from '../choice.tsx'
import { NotSaved } from '../saved/conflict.tsx'
import { Line, Lines } from '../saved/fields.tsx'
import { draftOf, NEW_NOTICE, type NoticeDraft, NoticeFields, savedOf } from './notice-fields.tsx'

export interface NoticeFormProps {
  site: Site
  project: string
  /** The one to change; a new one when it is left out. */
  notice?: Notice
  onDone(saved: { id: string }): void
}

const LAST_OF_FIRST = 'series.0.values.-1'
const UNITS = { percent: 'per cent', absolute: 'absolute' } as const

/** Makes an alert, or changes one. */
export function AlertForm({ site, project, notice, onDone }: NoticeFormProps) {
  // As it was when the window opened: its version is the one that is changed.
  const [seen] = useState(notice as SavedAlert | undefined)
  const [draft, setDraft] = useState<NoticeDraft>(seen ? draftOf(seen) : NEW_NOTICE)
  const [description, setDescription] = useState(seen?.description ?? '')
  const [insight, setInsight] = useState(seen?.insight ?? '')
  const [value, setValue] = useState(seen?.value ?? LAST_OF_FIRST)
  const [type, setType] = useState<Condition['type']>(seen?.condition.type ?? 'below')
  const [amount, setAmount] = useState(seen ? amountOf(seen.condition) : '')
  const [unit, setUnit] = useState(unitOf(seen?.condition))
  const action = useAction()
  const live = useSaved<Listed<SavedInsight>>(site, listPath('insight', project), 'items')
  const items = live.data?.items ?? []
  const values = valueOptionsOf(items, insight)

  const choose = (id: string) => {
    setInsight(id)
    setValue(valueOptionsOf(items, id)[0]?.[0] ?? LAST_OF_FIRST)
  }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const body = {
      ...savedOf(draft),
      ...{ description, tags: seen?.tags ?? [], insight, value },
      condition: readCondition(type, amount, unit),
    }
    const call = seen ? replacement('alert', project, seen, body) : creation('alert', project, body)
    await action.run(async () => onDone(await site.client.call<SavedAlert>(call, 'id')))
  }
  const fault = action.error?.field ?? null
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
        label="Saved insight"
        value={insight}
        options={[
          ['', items.length === 0 ? 'None is saved yet' : 'Choose one …'],
          ...items.map(({ id, name }) => [id, name] as const),
        ]}
        onChange={choose}
      />
      <PickOrType
        label="Number"
        value={value}
        options={values}
        other="Another place in the answer …"
        onChange={setValue}
      />
      <div className="form-row">
        <Choice
          label="Tells when it"
          value={type}
          options={optionsOf(CONDITIONS)}
          onChange={(next) => setType(next)}
        />
        <Line
          label="Amount"
          type="number"
          value={amount}
          required
          isFaulty={fault?.startsWith('condition') === true}
          onChange={setAmount}
        />
        {(type === 'increase' || type === 'decrease') && (
          <Choice
            label="Unit"
            value={unit}
            options={optionsOf(UNITS)}
            onChange={(next) => setUnit(next)}
          />
        )}
      </div>
      <NoticeFields
        draft={draft}
        fault={fault}
        onChange={(change) => setDraft({ ...draft, ...change })}
      />
      <Lines label="Description" value={description} maxLength={5_000} onChange={setDescription} />
      <NotSaved error={action.error} onReload={() => seen && onDone(seen)} />
      <div className="form-actions">
        <button type="submit" className="primary" disabled={action.busy || insight === ''}>
          {action.busy ? 'Saving …' : 'Save'}
        </button>
      </div>
    </form>
  )
}

function valueOptionsOf(items: readonly SavedInsight[], id: string): [string, string][] {
  const found = items.find((item) => item.id === id)
  return found ? valueOptions(found.query) : []
}

const amountOf = (condition: Condition): string =>
  String('threshold' in condition ? condition.threshold : condition.by)

const unitOf = (condition: Condition | undefined): 'absolute' | 'percent' =>
  condition && 'unit' in condition ? condition.unit : 'percent'

import type { CohortRule } from '@headwater/schemas/insights/cohort'
import type { CohortBody, SavedCohort } from '@headwater/schemas/insights/saved-cohort'
import { type FormEvent, useMemo, useState } from 'react'
import { newCondition, ruleWords } from '../../lib/cohort-rule.ts'
import { useEventNames, usePropertyNames } from '../../lib/questions.ts'
import { useAction } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { PropertyOptions, propertyOptions } from '../property-options.ts'
import { NotSaved } from '../saved/conflict.tsx'
import { Line, Lines } from '../saved/fields.tsx'
import { RuleEditor } from './rule-editor.tsx'

interface Props {
  site: Site
  project: string
  /** What is changed. @default a new one */
  cohort?: SavedCohort
  save(body: CohortBody): Promise<SavedCohort>
  onSaved(cohort: SavedCohort): void
  onCancel(): void
  /** Drops what was not saved, since somebody else changed it. */
  onReload?: () => void
}

/** Makes a cohort, or changes one. */
export function CohortForm(props: Props) {
  const { site, project, cohort, save, onSaved, onCancel, onReload = onCancel } = props
  const names = useEventNames(site, project, true)
  const properties = usePropertyNames(site, project)
  const options = useMemo(() => propertyOptions(properties.data), [properties.data])
  const [name, setName] = useState(cohort?.name ?? '')
  const [description, setDescription] = useState(cohort?.description ?? '')
  const [rule, setRule] = useState<CohortRule>(cohort?.rule ?? newRule)
  const action = useAction()

  const send = async (event: FormEvent) => {
    event.preventDefault()
    const body = { name, description, tags: cohort?.tags ?? [], rule }
    await action.run(async () => onSaved(await save(body)))
  }

  return (
    <PropertyOptions value={options}>
      <form className="form cohort-form" onSubmit={send}>
        <Line
          label="Name"
          value={name}
          required
          maxLength={200}
          isFaulty={action.error?.field === 'name'}
          onChange={setName}
        />
        <Lines
          label="Description"
          value={description}
          maxLength={5_000}
          onChange={setDescription}
        />
        <RuleEditor
          rule={rule}
          names={names.data?.events.map(({ event }) => event) ?? []}
          onChange={setRule}
        />
        <p className="hint">Persons who {ruleWords(rule)}.</p>
        <NotSaved error={action.error} onReload={onReload} />
        <div className="form-actions">
          <button type="submit" className="primary" disabled={action.busy}>
            {action.busy ? 'Saving …' : 'Save'}
          </button>
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        </div>
      </form>
    </PropertyOptions>
  )
}

const newRule = (): CohortRule => ({
  match: 'all',
  conditions: [newCondition('did', '$pageview')],
})

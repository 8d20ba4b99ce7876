import type { CohortCondition } from '@headwater/schemas/insights/cohort'
import { TIMES } from '../../lib/cohort-rule.ts'
import { Choice, optionsOf, TextField } from '../choice.tsx'
import { EventPicker } from '../event-picker.tsx'
import { FilterList } from '../filter-list.tsx'
import { WhenEditor } from './when-editor.tsx'

type Did = Extract<CohortCondition, { type: 'did' }>

interface Props {
  condition: Did
  names: string[]
  onChange(condition: Did): void
}

/** What was done, how often, and when. */
export function DidEditor({ condition, names, onChange }: Props) {
  const { event, times, filters } = condition
  const setValue = (text: string) => {
    const value = Math.round(Number(text))
    if (value >= 1) onChange({ ...condition, times: { ...times, value } })
  }
  return (
    <>
      <div className="control-row">
        <EventPicker
          label="Event"
          value={event}
          names={names}
          onChange={(name) => onChange({ ...condition, event: name })}
        />
        <Choice
          label="How often"
          value={times.operator}
          options={optionsOf(TIMES)}
          onChange={(operator) => onChange({ ...condition, times: { ...times, operator } })}
        />
        <TextField label="Times" type="number" value={String(times.value)} onCommit={setValue} />
        <WhenEditor condition={condition} onChange={onChange} />
      </div>
      <FilterList
        label="Where"
        filters={filters}
        onChange={(next) => onChange({ ...condition, filters: next })}
      />
    </>
  )
}

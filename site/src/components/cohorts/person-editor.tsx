import type { CohortCondition } from '@headwater/schemas/insights/cohort'
import { needsValue, OPERATORS } from '../../lib/choices.ts'
import { Choice, optionsOf, TextField } from '../choice.tsx'

type Filter = Extract<CohortCondition, { type: 'person' }>['filter']

interface Props {
  filter: Filter
  onChange(filter: Filter): void
}

const COMPARES = ['gt', 'gte', 'lt', 'lte']

/** A property of the person as it is now. */
export function PersonEditor({ filter, onChange }: Props) {
  const { property, operator, value } = filter
  const change = (text: string | undefined, next: Filter['operator'] = operator) => {
    const { value: _, ...rest } = filter
    const isNumber = COMPARES.includes(next) && text && Number.isFinite(Number(text))
    const given = needsValue(next) && { value: isNumber ? Number(text) : (text ?? '') }
    onChange({ ...rest, operator: next, ...given })
  }
  const text = [value ?? ''].flat().join(', ')
  return (
    <div className="control-row">
      <TextField
        label="Property of the person"
        value={property}
        onCommit={(name) => name !== '' && onChange({ ...filter, property: name })}
      />
      <Choice
        label="Comparison"
        value={operator}
        options={optionsOf(OPERATORS)}
        onChange={(next) => change(text, next)}
      />
      {needsValue(operator) && (
        <TextField label="Value" value={text} onCommit={(next) => change(next)} />
      )}
    </div>
  )
}

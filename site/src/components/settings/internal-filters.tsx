import type { PropertyFilter } from '@headwater/schemas/insight'
import type { Filters } from '@headwater/schemas/insights/filters'
import { needsValue, OPERATORS } from '../../lib/choices.ts'
import { Choice, optionsOf, TextField } from '../choice.tsx'

interface Props {
  filters: Filters
  onChange(filters: Filters): void
}

const OWNERS: Record<NonNullable<PropertyFilter['type']>, string> = {
  event: 'Event',
  person: 'Person',
  session: 'Session',
  group: 'Group',
}

/** What events of somebody outside meet: one line for each condition. */
export function InternalFilters({ filters, onChange }: Props) {
  const change = (i: number, filter: Filters[number]) => onChange(filters.with(i, filter))
  const added: PropertyFilter = {
    ...{ type: 'person', property: 'email', operator: 'not_contains', value: '@example.com' },
  }
  return (
    <fieldset className="internal-filters">
      <legend>An event of somebody outside meets all of these</legend>
      <p className="hint">
        What fails any of them is internal: of your own people, or of tests. Without conditions
        nothing is.
      </p>
      {filters.map((filter, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no identity but its place.
        <div className="filter" key={i}>
          {'property' in filter ? (
            <Condition number={i + 1} filter={filter} onChange={(next) => change(i, next)} />
          ) : (
            <code>{JSON.stringify(filter)}</code>
          )}
          <button
            type="button"
            className="icon"
            onClick={() => onChange(filters.filter((_, place) => place !== i))}
          >
            <span aria-hidden="true">×</span>
            <span className="visually-hidden">Remove condition {i + 1}</span>
          </button>
        </div>
      ))}
      <button type="button" className="quiet" onClick={() => onChange([...filters, added])}>
        + Add condition
      </button>
    </fieldset>
  )
}

interface ConditionProps {
  number: number
  filter: PropertyFilter
  onChange(filter: PropertyFilter): void
}

function Condition({ number, filter, onChange }: ConditionProps) {
  const { type = 'event', group, property, operator, value } = filter
  const label = (words: string) => ({ label: `${words} of condition ${number}`, hideLabel: true })
  const choose = (next: PropertyFilter['operator']) => {
    const { value: _, ...bare } = filter
    onChange({ ...bare, operator: next, ...(needsValue(next) && { value: value ?? '' }) })
  }
  const own = (next: NonNullable<PropertyFilter['type']>) => {
    const { group: _, ...bare } = filter
    onChange({ ...bare, type: next, ...(next === 'group' && { group: group ?? 'company' }) })
  }
  return (
    <>
      <Choice {...label('Owner')} value={type} options={optionsOf(OWNERS)} onChange={own} />
      {type === 'group' && (
        <TextField
          {...label('Group type')}
          value={group ?? ''}
          onCommit={(text) => text && onChange({ ...filter, group: text })}
        />
      )}
      <TextField
        {...label('Property')}
        value={property}
        onCommit={(text) => text && onChange({ ...filter, property: text })}
      />
      <Choice
        {...label('Comparison')}
        value={operator}
        options={optionsOf(OPERATORS)}
        onChange={choose}
      />
      {needsValue(operator) && (
        <TextField
          {...label('Value')}
          value={Array.isArray(value) ? value.join(', ') : String(value ?? '')}
          onCommit={(text) => onChange({ ...filter, value: readValue(text, operator) })}
        />
      )}
    </>
  )
}

const TAKE_SEVERAL = ['is', 'is_not', 'contains', 'not_contains']
const COMPARE = ['gt', 'gte', 'lt', 'lte']

/** Several values stand between commas, where several can be compared. */
function readValue(text: string, operator: PropertyFilter['operator']): string | number | string[] {
  if (COMPARE.includes(operator) && text !== '' && Number.isFinite(Number(text))) {
    return Number(text)
  }
  const values = text.split(',').map((one) => one.trim())
  return TAKE_SEVERAL.includes(operator) && values.length > 1 ? values.filter(Boolean) : text
}

import type { PropertyFilter } from '@headwater/schemas/insight'
import { useContext, useState } from 'react'
import { needsValue, OPERATORS, type Operator } from '../lib/choices.ts'
import { Choice, optionsOf, PickOrType, TextField } from './choice.tsx'
import { PropertyOptions } from './property-options.ts'

interface Props {
  filters: PropertyFilter[]
  onChange(filters: PropertyFilter[]): void
  label?: string
  /** The property of a new filter. */
  startWith?: string
}

interface Draft {
  property: string
  operator: Operator
  /** Empty while the filter is not finished; such a filter is not asked. */
  value: PropertyFilter['value']
}

/** The conditions that events must meet; all of them hold together. */
export function FilterList({
  filters,
  onChange,
  label = 'Filters',
  startWith = '$country',
}: Props) {
  const properties = useContext(PropertyOptions)
  const [unfinished, setUnfinished] = useState<Draft | null>(null)
  const drafts: Draft[] = filters.map(({ property, operator, value }) => ({
    property,
    operator,
    value,
  }))
  if (unfinished) drafts.push(unfinished)

  const change = (index: number, draft: Draft) => {
    const isLast = unfinished !== null && index === drafts.length - 1
    const filter = toFilter(draft)
    if (!filter) {
      // A finished filter that loses its value becomes the unfinished one.
      setUnfinished(draft)
      if (!isLast) onChange(filters.filter((_, i) => i !== index))
      return
    }
    if (isLast) setUnfinished(null)
    onChange(isLast ? [...filters, filter] : filters.with(index, filter))
  }
  const remove = (index: number) => {
    if (index >= filters.length) setUnfinished(null)
    else onChange(filters.filter((_, i) => i !== index))
  }

  return (
    <fieldset className="filters">
      <legend>{label}</legend>
      {drafts.map((draft, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a filter has no identity but its place.
        <div className="filter" key={index}>
          <PickOrType
            label="Property"
            hideLabel
            value={draft.property}
            options={properties}
            other="Another property …"
            onChange={(property) => change(index, { ...draft, property })}
          />
          <Choice
            label="Condition"
            hideLabel
            value={draft.operator}
            options={optionsOf(OPERATORS)}
            onChange={(operator) => change(index, { ...draft, operator })}
          />
          {needsValue(draft.operator) && (
            <TextField
              label="Value"
              hideLabel
              placeholder="Value"
              value={showValue(draft.value)}
              onCommit={(value) => change(index, { ...draft, value: value || undefined })}
            />
          )}
          <button type="button" className="icon" onClick={() => remove(index)}>
            <span aria-hidden="true">×</span>
            <span className="visually-hidden">Remove filter on {draft.property}</span>
          </button>
        </div>
      ))}
      <button
        type="button"
        className="quiet"
        disabled={unfinished !== null}
        onClick={() => setUnfinished({ property: startWith, operator: 'is', value: undefined })}
      >
        + Add filter
      </button>
    </fieldset>
  )
}

function toFilter({ property, operator, value }: Draft): PropertyFilter | null {
  if (!needsValue(operator)) return { property, operator }
  if (value === undefined) return null
  const compares = ['gt', 'gte', 'lt', 'lte'].includes(operator)
  const isNumber = typeof value === 'string' && value !== '' && Number.isFinite(Number(value))
  return { property, operator, value: compares && isNumber ? Number(value) : value }
}

function showValue(value: PropertyFilter['value']): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '')
}

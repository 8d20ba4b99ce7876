import { useContext } from 'react'
import { FIRST_CORRELATED, MAX_CORRELATED } from '../../lib/funnel-correlation.ts'
import type { FunnelsQuestion } from '../../lib/funnels.ts'
import { wholeNumber } from '../../lib/url-reader.ts'
import { Choice, PickOrType, TextField } from '../choice.tsx'
import { PropertyOptions } from '../property-options.ts'

interface Props {
  question: FunnelsQuestion
  names: string[]
  onChange(change: Partial<FunnelsQuestion>): void
}

/** What is looked for that goes with converting. */
export function CorrelationEditor({ question, names, onChange }: Props) {
  const { correlate, except, min_actors } = question
  const properties = useContext(PropertyOptions)
  return (
    <>
      <Choice
        label="Looked at"
        value={correlate ? 'properties' : 'events'}
        options={[
          ['events', 'Events on the way'],
          ['properties', 'Properties of the first step'],
        ]}
        onChange={(of) => onChange({ correlate: of === 'events' ? null : FIRST_CORRELATED })}
      />
      <TextField
        label="Shared by at least"
        type="number"
        value={String(min_actors)}
        onCommit={(text) => onChange({ min_actors: wholeNumber(text) ?? 1 })}
      />
      {correlate ? (
        <NameList
          label="Properties"
          one="property"
          names={correlate}
          options={properties}
          keepOne
          onChange={(next) => onChange({ correlate: next })}
        />
      ) : (
        <NameList
          label="Left out"
          one="event"
          names={except}
          options={names.map((name) => [name, name] as const)}
          onChange={(next) => onChange({ except: next })}
        />
      )}
    </>
  )
}

interface ListProps {
  label: string
  /** What one of them is called. */
  one: string
  names: string[]
  options: readonly (readonly [string, string])[]
  /** Whether the last one must stay. @default false */
  keepOne?: boolean
  onChange(names: string[]): void
}

/** Names, none twice, of those that are known or any other. */
function NameList({ label, one, names, options, keepOne = false, onChange }: ListProps) {
  const free = options.filter(([name]) => !names.includes(name))
  const [next] = free[0] ?? []
  return (
    <fieldset className="filters">
      <legend>{label}</legend>
      {names.map((name, i) => (
        <div className="filter" key={name}>
          <PickOrType
            label={`${label}, ${i + 1}`}
            hideLabel
            value={name}
            options={options.filter(([key]) => key === name || !names.includes(key))}
            other={`Another ${one} …`}
            onChange={(changed) => onChange([...new Set(names.with(i, changed))])}
          />
          {!(keepOne && names.length === 1) && (
            <button
              type="button"
              className="icon"
              onClick={() => onChange(names.filter((other) => other !== name))}
            >
              <span aria-hidden="true">×</span>
              <span className="visually-hidden">Remove {name}</span>
            </button>
          )}
        </div>
      ))}
      {next !== undefined && names.length < MAX_CORRELATED && (
        <button type="button" className="quiet" onClick={() => onChange([...names, next])}>
          + Add {one}
        </button>
      )}
    </fieldset>
  )
}

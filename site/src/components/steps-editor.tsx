import { useState } from 'react'
import { MAX_FUNNEL_STEPS, MIN_FUNNEL_STEPS } from '../lib/choices.ts'
import type { FunnelStepQuestion } from '../lib/url-state.ts'
import { EventPicker } from './event-picker.tsx'
import { FilterList } from './filter-list.tsx'

type Steps = FunnelStepQuestion[]

interface Props {
  steps: Steps
  names: string[]
  /** @default as many as a funnel has */
  maxSteps?: number
  /** Whether steps between the first and the last may be optional. @default false */
  withOptional?: boolean
  onChange(steps: Steps): void
}

/** The steps of a funnel, in order; each an event and the conditions it must meet. */
export function StepsEditor(props: Props) {
  const { steps, names, maxSteps = MAX_FUNNEL_STEPS, withOptional = false, onChange } = props
  const swap = (i: number, j: number) => {
    const [a, b] = [steps[i], steps[j]]
    if (a && b) onChange(steps.with(i, b).with(j, a))
  }
  return (
    <fieldset className="steps">
      <legend>Steps</legend>
      <ol>
        {steps.map((step, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place; events may repeat.
          <li key={i}>
            <div className="step-line">
              <EventPicker
                label={`Step ${i + 1}`}
                hideLabel
                value={step.event}
                names={names}
                onChange={(event) => onChange(steps.with(i, { ...step, event }))}
              />
              <IconButton
                sign="↑"
                words={`Move step ${i + 1} up`}
                disabled={i === 0}
                onClick={() => swap(i, i - 1)}
              />
              <IconButton
                sign="↓"
                words={`Move step ${i + 1} down`}
                disabled={i === steps.length - 1}
                onClick={() => swap(i, i + 1)}
              />
              <IconButton
                sign="×"
                words={`Remove step ${i + 1}`}
                disabled={steps.length <= MIN_FUNNEL_STEPS}
                onClick={() => onChange(steps.filter((_, place) => place !== i))}
              />
            </div>
            <StepFilters
              step={step}
              onChange={(next) => onChange(steps.with(i, next))}
              number={i + 1}
            />
            {withOptional && i > 0 && i < steps.length - 1 && (
              <OptionalSwitch
                step={step}
                onChange={(next) => onChange(steps.with(i, next))}
                number={i + 1}
              />
            )}
          </li>
        ))}
      </ol>
      {steps.length < maxSteps && (
        <button
          type="button"
          className="quiet"
          onClick={() => onChange([...steps, { event: names[0] ?? '$pageview', filters: [] }])}
        >
          + Add step
        </button>
      )}
    </fieldset>
  )
}

interface StepFiltersProps {
  step: Steps[number]
  number: number
  onChange(step: Steps[number]): void
}

// Folded away until wanted: most steps have none.
function StepFilters({ step, number, onChange }: StepFiltersProps) {
  const [open, setOpen] = useState(false)
  if (!open && step.filters.length === 0) {
    return (
      <button type="button" className="quiet" onClick={() => setOpen(true)}>
        where …<span className="visually-hidden"> (filters of step {number})</span>
      </button>
    )
  }
  return (
    <FilterList
      label={`Filters of step ${number}`}
      filters={step.filters}
      onChange={(filters) => onChange({ ...step, filters })}
    />
  )
}

function OptionalSwitch({ step, number, onChange }: StepFiltersProps) {
  const { optional = false, ...required } = step
  return (
    <label className="switch">
      <input
        type="checkbox"
        checked={optional}
        onChange={(event) =>
          onChange({ ...required, ...(event.target.checked && { optional: true }) })
        }
      />
      optional<span className="visually-hidden"> (step {number})</span>
    </label>
  )
}

interface IconButtonProps {
  sign: string
  words: string
  disabled: boolean
  onClick(): void
}

function IconButton({ sign, words, disabled, onClick }: IconButtonProps) {
  return (
    <button type="button" className="icon" disabled={disabled} onClick={onClick}>
      <span aria-hidden="true">{sign}</span>
      <span className="visually-hidden">{words}</span>
    </button>
  )
}

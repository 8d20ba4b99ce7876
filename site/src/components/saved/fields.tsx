import { useId } from 'react'

interface Props {
  label: string
  value: string
  hint?: string
  /** The field that the API names in its refusal; marks this one when it is it. */
  isFaulty?: boolean
  required?: boolean
  maxLength?: number
  onChange(value: string): void
}

interface LineProps extends Props {
  type?: 'text' | 'number' | 'datetime-local' | 'url' | 'search'
  placeholder?: string
}

/** A line of a form that counts on each key: its form is sent as a whole. */
export function Line({
  label,
  value,
  hint,
  isFaulty,
  type = 'text',
  onChange,
  ...more
}: LineProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        step={type === 'number' ? 'any' : undefined}
        value={value}
        aria-invalid={isFaulty}
        aria-describedby={hint && `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
        {...more}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

/** Several lines of text. */
export function Lines({ label, value, hint, isFaulty, onChange, ...more }: Props) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={3}
        value={value}
        aria-invalid={isFaulty}
        aria-describedby={hint && `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
        {...more}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

interface SwitchProps {
  label: string
  checked: boolean
  onChange(checked: boolean): void
}

export function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    <label className="switch">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  )
}

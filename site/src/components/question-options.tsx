import { useContext } from 'react'
import { PickOrType } from './choice.tsx'
import { PropertyOptions } from './property-options.ts'

interface BreakdownProps {
  value: string | undefined
  onChange(breakdown: string | undefined): void
}

/** By which property a result is split; none at first. */
export function BreakdownPicker({ value, onChange }: BreakdownProps) {
  const properties = useContext(PropertyOptions)
  return (
    <PickOrType
      label="Breakdown"
      value={value ?? ''}
      options={[['', 'None'], ...properties]}
      other="Another property …"
      onChange={(property) => onChange(property || undefined)}
    />
  )
}

interface BotProps {
  checked: boolean
  onChange(checked: boolean): void
}

export function BotSwitch({ checked, onChange }: BotProps) {
  return (
    <label className="switch">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      Include bots
    </label>
  )
}

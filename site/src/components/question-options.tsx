import { PickOrType } from './choice.tsx'
import { PROPERTY_OPTIONS } from './filter-list.tsx'

interface BreakdownProps {
  value: string | undefined
  onChange(breakdown: string | undefined): void
}

/** By which property a result is split; none at first. */
export function BreakdownPicker({ value, onChange }: BreakdownProps) {
  return (
    <PickOrType
      label="Breakdown"
      value={value ?? ''}
      options={[['', 'None'], ...PROPERTY_OPTIONS]}
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

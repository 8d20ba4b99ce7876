import { ANY_EVENT } from '../lib/choices.ts'
import { formatEvent } from '../lib/format.ts'
import { PickOrType } from './choice.tsx'

interface Props {
  label: string
  hideLabel?: boolean
  value: string
  /** Names the project has sent. */
  names: string[]
  onChange(event: string): void
}

export function EventPicker({ names, ...field }: Props) {
  const options = [...names, ANY_EVENT].map((name) => [name, formatEvent(name)] as const)
  return <PickOrType {...field} options={options} other="Another event …" />
}

import type { Notice } from '../../lib/alerts.ts'
import { Choice } from '../choice.tsx'

interface Props {
  notice: Notice
  onSnooze(until: string | null): void
}

const HOUR_MS = 3_600_000
const LENGTHS: [string, string][] = [
  ['', 'Snooze …'],
  ['1', 'For an hour'],
  ['24', 'For a day'],
  ['168', 'For a week'],
  ['720', 'For 30 days'],
]

/** Leaves it alone for a while, or ends that. */
export function Snooze({ notice: { status }, onSnooze }: Props) {
  const until = status?.snoozed_until
  if (until && Date.parse(until) > Date.now()) {
    return (
      <button type="button" onClick={() => onSnooze(null)}>
        End the snooze
      </button>
    )
  }
  return (
    <Choice
      label="Snooze"
      hideLabel
      value=""
      options={LENGTHS}
      onChange={(hours) =>
        hours !== '' && onSnooze(new Date(Date.now() + Number(hours) * HOUR_MS).toISOString())
      }
    />
  )
}

import { DATE_PRESETS, INTERVALS } from '../lib/choices.ts'
import type { RangeQuestion } from '../lib/url-reader.ts'
import { Choice, optionsOf, TextField } from './choice.tsx'

type Range = Pick<RangeQuestion, 'date_from' | 'interval'> & {
  date_to?: string | undefined
  /** @default the project's */
  time_zone?: string | undefined
}

interface Props {
  range: Range
  /** A funnel has no interval. */
  withInterval?: boolean
  onChange(range: Range): void
}

const CUSTOM = 'custom'
const OF_PROJECT = ''
const DAY_MS = 86_400_000
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

/** From when to when, by which clock, in steps of what. */
export function DateRange({ range, withInterval = true, onChange }: Props) {
  const isRelative = range.date_from.startsWith('-') && !range.date_to
  const choose = (value: string) => {
    if (value === CUSTOM) return onChange({ ...range, ...lastWeek(range.time_zone) })
    const preset = DATE_PRESETS.find((entry) => entry.date_from === value)
    const interval = preset?.interval ?? range.interval
    onChange({ ...range, date_from: value, date_to: undefined, interval })
  }
  return (
    <>
      <Choice
        label="Date range"
        value={isRelative ? range.date_from : CUSTOM}
        options={presetOptions(isRelative ? range.date_from : null)}
        onChange={choose}
      />
      {!isRelative && (
        <>
          <TextField
            label="From"
            type="date"
            value={range.date_from.slice(0, 10)}
            onCommit={(date_from) => date_from && onChange({ ...range, date_from })}
          />
          <TextField
            label="To"
            type="date"
            value={range.date_to?.slice(0, 10) ?? ''}
            onCommit={(text) => onChange({ ...range, date_to: text || undefined })}
          />
        </>
      )}
      {withInterval && (
        <Choice
          label="Interval"
          value={range.interval}
          options={optionsOf(INTERVALS)}
          onChange={(interval) => onChange({ ...range, interval })}
        />
      )}
      <Choice
        label="Time zone"
        value={range.time_zone ?? OF_PROJECT}
        options={zoneOptions(range.time_zone)}
        onChange={(zone) => onChange({ ...range, time_zone: zone || undefined })}
      />
    </>
  )
}

// A shared link may carry a relative range that is no preset, such as -3d.
function presetOptions(current: string | null): [string, string][] {
  const options = DATE_PRESETS.map((entry): [string, string] => [entry.date_from, entry.label])
  const known = current === null || options.some(([value]) => value === current)
  return [
    ...options,
    ...(known ? [] : [[current, current] as [string, string]]),
    [CUSTOM, 'Custom …'],
  ]
}

function zoneOptions(current: string | undefined): [string, string][] {
  const zones = new Set([...(current ? [current] : []), ...ZONES])
  return [
    [OF_PROJECT, 'Of the project'],
    ...[...zones].map((zone): [string, string] => [zone, zone]),
  ]
}

function lastWeek(timeZone: string | undefined): { date_from: string; date_to: string } {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
  const now = Date.now()
  return { date_from: day.format(now - 6 * DAY_MS), date_to: day.format(now) }
}

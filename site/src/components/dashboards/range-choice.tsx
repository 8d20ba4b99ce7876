import type { BoardRange } from '../../lib/board.ts'
import { DATE_PRESETS } from '../../lib/choices.ts'
import { Choice, TextField } from '../choice.tsx'

interface Props {
  /** Null: each tile has its own. */
  range: BoardRange | null
  /** Whether each tile's own can be chosen. */
  withOwn: boolean
  onChange(range: BoardRange | null): void
}

const OWN = ''
const CUSTOM = 'custom'
const DAY_MS = 86_400_000

/** From when to when all tiles of a dashboard are asked. */
export function RangeChoice({ range, withOwn, onChange }: Props) {
  const isFixed = range !== null && (range.date_to !== undefined || /^\d/.test(range.date_from))
  const value = range === null ? OWN : isFixed ? CUSTOM : range.date_from
  const known = value === OWN || isFixed || DATE_PRESETS.some((one) => one.date_from === value)
  const choose = (chosen: string) => {
    if (chosen === OWN) onChange(null)
    else if (chosen !== CUSTOM) onChange({ date_from: chosen })
    else onChange({ date_from: day(Date.now() - 6 * DAY_MS), date_to: day(Date.now()) })
  }
  return (
    <>
      <Choice
        label="Date range"
        value={value}
        options={[
          ...(withOwn ? [[OWN, "Each tile's own"] as const] : []),
          ...DATE_PRESETS.map((one) => [one.date_from, one.label] as const),
          ...(known ? [] : [[value, value] as const]),
          [CUSTOM, 'From … to …'],
        ]}
        onChange={choose}
      />
      {isFixed && (
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
    </>
  )
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

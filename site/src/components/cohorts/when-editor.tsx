import type { CohortCondition } from '@headwater/schemas/insights/cohort'
import { PERIODS, type Period, periodOf, SPAN_UNITS, withPeriod } from '../../lib/cohort-rule.ts'
import { Choice, optionsOf, TextField } from '../choice.tsx'

type Timed = Extract<CohortCondition, { type: 'did' | 'did_sequence' }>
type Span = NonNullable<Timed['within']>

interface Props<Condition extends Timed> {
  condition: Condition
  onChange(condition: Condition): void
}

const DAY_MS = 86_400_000
const MAX_SPAN = 10_000

/** Ever, in the time before now, or between two days of UTC. */
export function WhenEditor<Condition extends Timed>({ condition, onChange }: Props<Condition>) {
  const { within, from, to } = condition
  const choose = (period: Period) => {
    if (period === 'ever') return onChange(withPeriod(condition, {}))
    const span = { within: { value: 30, unit: 'day' as const } }
    onChange(withPeriod(condition, period === 'within' ? span : lastMonth()))
  }
  const setDay = (name: 'from' | 'to', day: string) => {
    const { [name]: _, ...other } = { from, to }
    const kept = Object.fromEntries(Object.entries(other).filter(([, value]) => value))
    onChange(withPeriod(condition, { ...kept, ...(day && { [name]: `${day}T00:00:00Z` }) }))
  }
  return (
    <>
      <Choice
        label="When"
        value={periodOf(condition)}
        options={optionsOf(PERIODS)}
        onChange={choose}
      />
      {within && (
        <SpanEditor
          legend="How long"
          span={within}
          onChange={(span) => onChange(withPeriod(condition, { within: span }))}
        />
      )}
      {periodOf(condition) === 'between' && (
        <>
          <TextField
            label="From (UTC)"
            type="date"
            value={from?.slice(0, 10) ?? ''}
            onCommit={(day) => setDay('from', day)}
          />
          <TextField
            label="Until, not with (UTC)"
            type="date"
            value={to?.slice(0, 10) ?? ''}
            onCommit={(day) => setDay('to', day)}
          />
        </>
      )}
    </>
  )
}

interface SpanProps {
  legend: string
  span: Span
  onChange(span: Span): void
}

/** So many of a unit of time. */
export function SpanEditor({ legend, span, onChange }: SpanProps) {
  const setValue = (text: string) => {
    const value = Math.round(Number(text))
    if (value >= 1 && value <= MAX_SPAN) onChange({ ...span, value })
  }
  return (
    <fieldset className="window">
      <legend>{legend}</legend>
      <TextField
        label="Length"
        hideLabel
        type="number"
        value={String(span.value)}
        onCommit={setValue}
      />
      <Choice
        label="Unit"
        hideLabel
        value={span.unit}
        options={optionsOf(SPAN_UNITS)}
        onChange={(unit) => onChange({ ...span, unit })}
      />
    </fieldset>
  )
}

function lastMonth(): { from: string; to: string } {
  const day = (time: number) => `${new Date(time).toISOString().slice(0, 10)}T00:00:00Z`
  return { from: day(Date.now() - 30 * DAY_MS), to: day(Date.now() + DAY_MS) }
}

import { INTERVALS, MAX_WINDOW_VALUE, WINDOW_UNITS } from '../../lib/choices.ts'
import {
  FUNNEL_ORDERED,
  FUNNEL_VIEWS,
  type FunnelsQuestion,
  keptExclusions,
} from '../../lib/funnels.ts'
import { Choice, optionsOf, TextField } from '../choice.tsx'
import { DateRange } from '../date-range.tsx'
import { FilterRow } from '../filter-row.tsx'
import { BreakdownPicker } from '../question-options.tsx'
import { StepsEditor } from '../steps-editor.tsx'
import { ExclusionsEditor } from './exclusions-editor.tsx'

interface Props {
  question: FunnelsQuestion
  names: string[]
  onChange(change: Partial<FunnelsQuestion>): void
}

export function FunnelsEditor({ question, names, onChange }: Props) {
  const { steps, exclusions, view } = question
  return (
    <section className="controls" aria-label="Question">
      <StepsEditor
        steps={steps}
        names={names}
        onChange={(next) =>
          onChange({ steps: next, exclusions: keptExclusions(exclusions, next.length) })
        }
      />
      <div className="control-row">
        <Choice
          label="Steps count"
          value={question.order}
          options={optionsOf(FUNNEL_ORDERED)}
          onChange={(order) =>
            // In any order an exclusion is one of the whole funnel.
            onChange({
              order,
              ...(order === 'any' && { exclusions: keptExclusions(exclusions, 0) }),
            })
          }
        />
        <WindowEditor question={question} onChange={onChange} />
        <DateRange
          range={question}
          withInterval={false}
          onChange={({ interval: _, ...range }) => onChange(range)}
        />
        <BreakdownPicker
          value={question.breakdown}
          onChange={(breakdown) => onChange({ breakdown })}
        />
      </div>
      <div className="control-row">
        <Choice
          label="Shown as"
          value={view}
          options={optionsOf(FUNNEL_VIEWS)}
          onChange={(next) => onChange({ view: next })}
        />
        {view === 'trend' && (
          <Choice
            label="Interval"
            value={question.interval}
            options={optionsOf(INTERVALS)}
            onChange={(interval) => onChange({ interval })}
          />
        )}
        <ExclusionsEditor
          exclusions={exclusions}
          steps={steps.map(({ event }) => event)}
          withPlaces={question.order !== 'any'}
          names={names}
          onChange={(next) => onChange({ exclusions: next })}
        />
      </div>
      <FilterRow question={question} onChange={onChange} />
    </section>
  )
}

function WindowEditor({ question, onChange }: Omit<Props, 'names'>) {
  const window = question.conversion_window
  const setValue = (text: string) => {
    const value = Math.round(Number(text))
    if (value >= 1 && value <= MAX_WINDOW_VALUE)
      onChange({ conversion_window: { ...window, value } })
  }
  return (
    <fieldset className="window">
      <legend>Conversion window</legend>
      <TextField
        label="Length"
        hideLabel
        type="number"
        value={String(window.value)}
        onCommit={setValue}
      />
      <Choice
        label="Unit"
        hideLabel
        value={window.unit}
        options={optionsOf(WINDOW_UNITS)}
        onChange={(unit) => onChange({ conversion_window: { ...window, unit } })}
      />
    </fieldset>
  )
}

import {
  CRITERION_OPERATORS,
  STICKINESS_BARS,
  STICKINESS_COUNTS,
  type StickinessQuestion,
} from '../../lib/stickiness.ts'
import { wholeNumber } from '../../lib/url-reader.ts'
import { Choice, optionsOf, TextField } from '../choice.tsx'
import { DateRange } from '../date-range.tsx'
import { EventsEditor } from '../events-editor.tsx'
import { FilterRow } from '../filter-row.tsx'
import { BreakdownPicker } from '../question-options.tsx'

interface Props {
  question: StickinessQuestion
  names: string[]
  onChange(change: Partial<StickinessQuestion>): void
}

export function StickinessEditor({ question, names, onChange }: Props) {
  return (
    <section className="controls" aria-label="Question">
      <div className="control-row">
        <EventsEditor
          events={question.events}
          names={names}
          onChange={(events) => onChange({ events })}
        />
      </div>
      <div className="control-row">
        <DateRange range={question} onChange={onChange} />
        <BreakdownPicker
          value={question.breakdown}
          onChange={(breakdown) => onChange({ breakdown })}
        />
        <fieldset className="window">
          <legend>Active with</legend>
          <Choice
            label="Condition of an active interval"
            hideLabel
            value={question.operator}
            options={optionsOf(CRITERION_OPERATORS)}
            onChange={(operator) => onChange({ operator })}
          />
          <TextField
            label="Events of an active interval"
            hideLabel
            type="number"
            value={String(question.times)}
            onCommit={(text) => onChange({ times: wholeNumber(text) ?? 1 })}
          />
          <span className="window-unit">{question.times === 1 ? 'event' : 'events'}</span>
        </fieldset>
        <Choice
          label="Persons count"
          value={question.cumulative ? 'cumulative' : 'exact'}
          options={optionsOf(STICKINESS_COUNTS)}
          onChange={(counted) => onChange({ cumulative: counted === 'cumulative' })}
        />
        <Choice
          label="Bars show"
          value={question.bars}
          options={optionsOf(STICKINESS_BARS)}
          onChange={(bars) => onChange({ bars })}
        />
      </div>
      <FilterRow question={question} onChange={onChange} />
    </section>
  )
}

import {
  RETENTION_CELLS,
  RETENTION_COUNTS,
  RETENTION_INTERVALS,
  RETENTION_MODES,
  RETENTION_WINDOWS,
  type RetentionQuestion,
  retentionInterval,
} from '../../lib/retention.ts'
import { wholeNumber } from '../../lib/url-reader.ts'
import { Choice, optionsOf, TextField } from '../choice.tsx'
import { DateRange } from '../date-range.tsx'
import { EventPicker } from '../event-picker.tsx'
import { FilterRow } from '../filter-row.tsx'
import { BreakdownPicker } from '../question-options.tsx'

interface Props {
  question: RetentionQuestion
  names: string[]
  onChange(change: Partial<RetentionQuestion>): void
}

export function RetentionEditor({ question, names, onChange }: Props) {
  return (
    <section className="controls" aria-label="Question">
      <div className="control-row">
        <EventPicker
          label="Start event"
          value={question.start}
          names={names}
          onChange={(start) => onChange({ start })}
        />
        <Choice
          label="Start counts"
          value={question.mode}
          options={optionsOf(RETENTION_MODES)}
          onChange={(mode) => onChange({ mode })}
        />
        <EventPicker
          label="Return event"
          value={question.return}
          names={names}
          onChange={(event) => onChange({ return: event })}
        />
        <BreakdownPicker
          value={question.breakdown}
          onChange={(breakdown) => onChange({ breakdown })}
        />
      </div>
      <div className="control-row">
        <DateRange
          range={question}
          withInterval={false}
          onChange={({ interval, ...range }) =>
            onChange({ ...range, interval: retentionInterval(interval) })
          }
        />
        <Choice
          label="Interval"
          value={question.interval}
          options={optionsOf(RETENTION_INTERVALS)}
          onChange={(interval) => onChange({ interval })}
        />
        <TextField
          label="Periods"
          type="number"
          placeholder="All"
          value={String(question.periods ?? '')}
          onCommit={(text) => onChange({ periods: text === '' ? null : toCount(text) })}
        />
        <Choice
          label="Cells show"
          value={question.cells}
          options={optionsOf(RETENTION_CELLS)}
          onChange={(cells) => onChange({ cells })}
        />
      </div>
      <div className="control-row">
        <Choice
          label="Periods follow"
          value={question.windows}
          options={optionsOf(RETENTION_WINDOWS)}
          onChange={(windows) => onChange({ windows })}
        />
        <TextField
          label="Returns needed"
          type="number"
          value={String(question.minimum_occurrences)}
          onCommit={(text) => onChange({ minimum_occurrences: toCount(text) })}
        />
        <Choice
          label="Persons count"
          value={question.cumulative ? 'cumulative' : 'each'}
          options={optionsOf(RETENTION_COUNTS)}
          onChange={(counted) => onChange({ cumulative: counted === 'cumulative' })}
        />
      </div>
      <FilterRow question={question} onChange={onChange} />
    </section>
  )
}

const toCount = (text: string) => wholeNumber(text) ?? 1

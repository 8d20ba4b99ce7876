import { useContext, useState } from 'react'
import { MAX_SERIES, type TrendsSeriesQuestion } from '../../lib/trends.ts'
import {
  isOfProperty,
  SESSION_DURATION,
  TRENDS_MEASURES,
  type TrendsMeasure,
} from '../../lib/trends-words.ts'
import { Choice, optionsOf, PickOrType, TextField } from '../choice.tsx'
import { EventPicker } from '../event-picker.tsx'
import { FilterList } from '../filter-list.tsx'
import { PropertyOptions } from '../property-options.ts'

interface Props {
  series: TrendsSeriesQuestion[]
  /** Event names of the project. */
  names: string[]
  onChange(series: TrendsSeriesQuestion[]): void
}

/** What is counted: one line for each series, named by the letter that formulas use. */
export function SeriesEditor({ series, names, onChange }: Props) {
  const used = series.map(({ event }) => event)
  const next = names.find((name) => !used.includes(name)) ?? used[0] ?? '$pageview'
  const measure = series.at(-1)?.measure ?? 'total'
  return (
    <fieldset className="series">
      <legend className="visually-hidden">Series</legend>
      {series.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a series is its place; events may repeat.
        <div className="series-line" key={i}>
          {series.length > 1 && (
            <span className="series-letter" aria-hidden="true">
              {letterOf(i)}
            </span>
          )}
          <SeriesFields
            one={one}
            suffix={series.length > 1 ? ` ${letterOf(i)}` : ''}
            names={names}
            onChange={(changed) => onChange(series.with(i, changed))}
          />
          {series.length > 1 && (
            <button type="button" className="icon" onClick={() => onChange(series.toSpliced(i, 1))}>
              <span aria-hidden="true">×</span>
              <span className="visually-hidden">Remove series {letterOf(i)}</span>
            </button>
          )}
        </div>
      ))}
      {series.length < MAX_SERIES && (
        <button
          type="button"
          className="quiet"
          onClick={() => onChange([...series, { event: next, filters: [], ...measured(measure) }])}
        >
          + Add series
        </button>
      )}
    </fieldset>
  )
}

interface FieldsProps {
  one: TrendsSeriesQuestion
  /** Of its labels, where there are several series. */
  suffix: string
  names: string[]
  onChange(one: TrendsSeriesQuestion): void
}

function SeriesFields({ one, suffix, names, onChange }: FieldsProps) {
  const properties = useContext(PropertyOptions)
  const { event, filters, measure } = one
  return (
    <>
      <EventPicker
        label={`Event${suffix}`}
        value={event}
        names={names}
        onChange={(name) => onChange({ ...one, event: name })}
      />
      <Choice
        label={`Measure${suffix}`}
        value={measure}
        options={optionsOf(TRENDS_MEASURES)}
        onChange={(next) => onChange({ event, filters, ...measured(next, one) })}
      />
      {isOfProperty(measure) && (
        <PickOrType
          label={`Property${suffix}`}
          value={one.measure_property ?? ''}
          options={[[SESSION_DURATION, 'Session duration'], ...properties]}
          other="Another property …"
          onChange={(measure_property) => onChange({ ...one, measure_property })}
        />
      )}
      {measure === 'unique_groups' && (
        <TextField
          label={`Type of group${suffix}`}
          value={one.group ?? ''}
          onCommit={(group) => group && onChange({ ...one, group })}
        />
      )}
      <SeriesFilters one={one} suffix={suffix} onChange={onChange} />
    </>
  )
}

// Folded away until wanted: most series have none.
function SeriesFilters({ one, suffix, onChange }: Omit<FieldsProps, 'names'>) {
  const [open, setOpen] = useState(false)
  if (!open && one.filters.length === 0) {
    return (
      <button type="button" className="quiet" onClick={() => setOpen(true)}>
        where …<span className="visually-hidden"> (filters of series{suffix})</span>
      </button>
    )
  }
  return (
    <FilterList
      label={`Filters of series${suffix}`}
      filters={one.filters}
      onChange={(filters) => onChange({ ...one, filters })}
    />
  )
}

/** A measure with what it needs, so that it can be asked at once. */
function measured(
  measure: TrendsMeasure,
  { measure_property = SESSION_DURATION, group = 'company' }: Partial<TrendsSeriesQuestion> = {},
) {
  return {
    measure,
    ...(isOfProperty(measure) && { measure_property }),
    ...(measure === 'unique_groups' && { group }),
  }
}

const letterOf = (place: number): string => String.fromCharCode('A'.charCodeAt(0) + place)

import { useContext } from 'react'
import { type EventsQuestion, MAX_COLUMNS, MAX_EVENT_CHOICES } from '../../lib/events-question.ts'
import { formatProperty } from '../../lib/format.ts'
import { PickOrType, TextField } from '../choice.tsx'
import { DateRange } from '../date-range.tsx'
import { FilterRow } from '../filter-row.tsx'
import { PropertyOptions } from '../property-options.ts'

interface Props {
  question: EventsQuestion
  /** Names the project has sent. */
  names: string[]
  onChange(change: Partial<EventsQuestion>): void
}

/** Which events, and what of them. */
export function EventsEditor({ question, names, onChange }: Props) {
  const { events, columns } = question
  const properties = useContext(PropertyOptions)
  return (
    <section className="controls" aria-label="Question">
      <div className="control-row">
        <TextField
          label="Search in everything"
          value={question.search}
          placeholder="pricing"
          onCommit={(search) => onChange({ search })}
        />
        <DateRange
          range={{ ...question, interval: 'day' }}
          withInterval={false}
          onChange={({ interval: _, ...range }) => onChange(range)}
        />
      </div>
      <div className="control-row">
        <ChosenList
          title="Events"
          chosen={events}
          show={(name) => name}
          options={names.map((name) => [name, name] as const)}
          none={events.length === 0 ? 'All events' : 'Add an event …'}
          other="Another event …"
          limit={MAX_EVENT_CHOICES}
          onChange={(chosen) => onChange({ events: chosen })}
        />
        <ChosenList
          title="Columns"
          chosen={columns}
          show={formatProperty}
          options={properties}
          none="Add a column …"
          other="Another property …"
          limit={MAX_COLUMNS}
          onChange={(chosen) => onChange({ columns: chosen })}
        />
      </div>
      <FilterRow question={question} onChange={onChange} />
    </section>
  )
}

interface ChosenListProps {
  title: string
  chosen: string[]
  show(name: string): string
  options: readonly (readonly [string, string])[]
  /** What stands where one more can be chosen. */
  none: string
  other: string
  limit: number
  onChange(chosen: string[]): void
}

/** Some of many names, each with a way to take it out. */
function ChosenList(props: ChosenListProps) {
  const { title, chosen, show, options, none, other, limit, onChange } = props
  const rest = options.filter(([name]) => !chosen.includes(name))
  return (
    <fieldset className="chosen">
      <legend>{title}</legend>
      <ul>
        {chosen.map((name) => (
          <li key={name}>
            {show(name)}
            <button
              type="button"
              className="icon"
              onClick={() => onChange(chosen.filter((other) => other !== name))}
            >
              <span aria-hidden="true">×</span>
              <span className="visually-hidden">
                Remove {name} from {title.toLowerCase()}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {chosen.length < limit && (
        <PickOrType
          label={`${title}: one more`}
          hideLabel
          value=""
          options={[['', none], ...rest]}
          other={other}
          onChange={(name) => name && onChange([...new Set([...chosen, name])])}
        />
      )}
    </fieldset>
  )
}

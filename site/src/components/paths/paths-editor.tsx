import { PATH_ITEMS, type PathsQuestion } from '../../lib/paths.ts'
import { wholeNumber } from '../../lib/url-reader.ts'
import { Choice, optionsOf, PickOrType, TextField } from '../choice.tsx'
import { DateRange } from '../date-range.tsx'
import { FilterRow } from '../filter-row.tsx'
import { TextList } from '../text-list.tsx'

interface Props {
  question: PathsQuestion
  /** Names of nodes that the answer has. */
  nodes: string[]
  onChange(change: Partial<PathsQuestion>): void
}

const ENDS = { start: 'Starts at', end: 'Ends at', through: 'Comes by' } as const

export function PathsEditor({ question, nodes, onChange }: Props) {
  const ends = Object.entries(ENDS) as [keyof typeof ENDS, string][]
  const numberField = (
    label: string,
    field: 'steps' | 'edge_limit' | 'session_gap_minutes',
    instead: number,
  ) => (
    <TextField
      label={label}
      type="number"
      value={String(question[field])}
      onCommit={(text) => onChange({ [field]: wholeNumber(text) ?? instead })}
    />
  )
  return (
    <section className="controls" aria-label="Question">
      <div className="control-row">
        <Choice
          label="Nodes are"
          value={question.items}
          options={optionsOf(PATH_ITEMS)}
          onChange={(items) => onChange({ items })}
        />
        {ends.map(([end, label]) => (
          <PickOrType
            key={end}
            label={label}
            value={question[end] ?? ''}
            options={[['', 'Any node'], ...nodes.map((name) => [name, name] as const)]}
            other="Another node …"
            onChange={(name) => onChange({ [end]: name || null })}
          />
        ))}
      </div>
      <div className="control-row">
        <DateRange
          range={{ ...question, interval: 'day' }}
          withInterval={false}
          onChange={({ interval: _, ...range }) => onChange(range)}
        />
        {numberField('Steps', 'steps', 5)}
        {numberField('Most ways', 'edge_limit', 50)}
        {numberField('A pause ends it, min', 'session_gap_minutes', 30)}
      </div>
      <div className="control-row">
        <TextList
          label="Grouped"
          one="Grouping"
          example="/user/*"
          texts={question.groupings}
          onChange={(groupings) => onChange({ groupings })}
        />
        <TextList
          label="Left out"
          one="Exclusion"
          example="/login"
          texts={question.exclude}
          onChange={(exclude) => onChange({ exclude })}
        />
      </div>
      <FilterRow question={question} onChange={onChange} />
    </section>
  )
}

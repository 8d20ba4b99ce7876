import { INTERVALS, MAX_WINDOW_VALUE, WINDOW_UNITS } from '../../lib/choices.ts'
import {
  FUNNEL_ORDERED,
  FUNNEL_VIEWS,
  type FunnelsQuestion,
  settledFunnel,
} from '../../lib/funnels.ts'
import type { Site } from '../../lib/site.ts'
import { BreakdownsEditor } from '../breakdowns-editor.tsx'
import { Choice, optionsOf, TextField } from '../choice.tsx'
import { DateRange } from '../date-range.tsx'
import { FilterRow } from '../filter-row.tsx'
import { StepsEditor } from '../steps-editor.tsx'
import { ActorPicker } from './actor-picker.tsx'
import { AttributionPicker } from './attribution-picker.tsx'
import { CorrelationEditor } from './correlation-editor.tsx'
import { ExclusionsEditor } from './exclusions-editor.tsx'

interface Props {
  site: Site
  question: FunnelsQuestion
  names: string[]
  onChange(change: Partial<FunnelsQuestion>): void
}

export function FunnelsEditor({ site, question, names, onChange }: Props) {
  const { steps, exclusions, view } = question
  return (
    <section className="controls" aria-label="Question">
      <StepsEditor
        steps={steps}
        names={names}
        withOptional={question.order !== 'any'}
        onChange={(next) => onChange(settledFunnel({ ...question, steps: next }))}
      />
      <div className="control-row">
        <Choice
          label="Steps count"
          value={question.order}
          options={optionsOf(FUNNEL_ORDERED)}
          onChange={(order) => onChange(settledFunnel({ ...question, order }))}
        />
        <ActorPicker actor={question.actor} onChange={(actor) => onChange({ actor })} />
        <WindowEditor question={question} onChange={onChange} />
        <DateRange
          range={question}
          withInterval={false}
          onChange={({ interval: _, ...range }) => onChange(range)}
        />
      </div>
      <div className="control-row">
        {view === 'correlation' ? (
          <CorrelationEditor question={question} names={names} onChange={onChange} />
        ) : (
          <>
            <BreakdownsEditor
              site={site}
              project={question.project}
              breakdowns={question.breakdowns}
              onChange={(breakdowns) => onChange({ breakdowns })}
            />
            <AttributionPicker question={question} onChange={onChange} />
          </>
        )}
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
          steps={steps}
          withPlaces={question.order !== 'any'}
          names={names}
          onChange={(next) => onChange({ exclusions: next })}
        />
      </div>
      <FilterRow question={question} onChange={onChange} />
    </section>
  )
}

function WindowEditor({ question, onChange }: Pick<Props, 'question' | 'onChange'>) {
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

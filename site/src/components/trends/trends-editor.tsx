import type { Site } from '../../lib/site.ts'
import { COUNTRY, type TrendsQuestion } from '../../lib/trends.ts'
import { COMPARED, type Compared, VIEWS } from '../../lib/trends-words.ts'
import { wholeNumber } from '../../lib/url-reader.ts'
import { BreakdownsEditor } from '../breakdowns-editor.tsx'
import { Choice, optionsOf, TextField } from '../choice.tsx'
import { DateRange } from '../date-range.tsx'
import { FilterRow } from '../filter-row.tsx'
import { TextList } from '../text-list.tsx'
import { SeriesEditor } from './series-editor.tsx'

interface Props {
  site: Site
  question: TrendsQuestion
  names: string[]
  onChange(change: Partial<TrendsQuestion>): void
}

const NOTHING = ''

export function TrendsEditor({ site, question, names, onChange }: Props) {
  return (
    <section className="controls" aria-label="Question">
      <SeriesEditor
        series={question.series}
        names={names}
        onChange={(series) => onChange({ series })}
      />
      <div className="control-row">
        <DateRange range={question} onChange={onChange} />
        <BreakdownsEditor
          site={site}
          project={question.project}
          breakdowns={question.breakdowns}
          withBins
          onChange={(breakdowns) => onChange({ breakdowns })}
        />
        <Choice
          label="Drawn as"
          value={question.view}
          options={optionsOf(VIEWS)}
          onChange={(view) =>
            onChange(view === 'map' ? { view, breakdowns: [{ property: COUNTRY }] } : { view })
          }
        />
      </div>
      <div className="control-row">
        <Choice
          label="Compare with"
          value={question.compare ?? NOTHING}
          options={[[NOTHING, 'Nothing'], ...optionsOf<Compared>(COMPARED)]}
          onChange={(compare) => onChange({ compare: compare === NOTHING ? null : compare })}
        />
        <Choice
          label="Each bucket counts"
          value={question.cumulative ? 'cumulative' : 'own'}
          options={[
            ['own', 'Its own time'],
            ['cumulative', 'All since the start'],
          ]}
          onChange={(counted) => onChange({ cumulative: counted === 'cumulative' })}
        />
        <TextField
          label="Mean of buckets"
          type="number"
          value={String(question.smoothing)}
          onCommit={(text) => onChange({ smoothing: wholeNumber(text) ?? 1 })}
        />
        <TextList
          label="Formulas"
          one="Formula"
          example="B / A * 100"
          texts={question.formulas}
          onChange={(formulas) => onChange({ formulas })}
        />
      </div>
      <FilterRow question={question} onChange={onChange} />
    </section>
  )
}

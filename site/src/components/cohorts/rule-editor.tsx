import type { CohortCondition, CohortRule } from '@headwater/schemas/insights/cohort'
import { useState } from 'react'
import {
  CONDITION_TYPES,
  MAX_CONDITIONS,
  MAX_SEQUENCE_STEPS,
  newCondition,
  readIds,
} from '../../lib/cohort-rule.ts'
import { formatNumber } from '../../lib/format.ts'
import { Choice, optionsOf } from '../choice.tsx'
import { Lines } from '../saved/fields.tsx'
import { StepsEditor } from '../steps-editor.tsx'
import { DidEditor } from './did-editor.tsx'
import { PersonEditor } from './person-editor.tsx'
import { SpanEditor, WhenEditor } from './when-editor.tsx'

interface Props {
  rule: CohortRule
  /** Events that the project has sent. */
  names: string[]
  onChange(rule: CohortRule): void
}

const MATCHES = { all: 'all of these hold', any: 'any of these holds' } as const

/** Who belongs to a cohort: conditions, and whether all or any must hold. */
export function RuleEditor({ rule, names, onChange }: Props) {
  const { match, conditions } = rule
  const change = (next: CohortCondition[]) => onChange({ ...rule, conditions: next })
  return (
    <fieldset className="rule">
      <legend className="visually-hidden">Rule</legend>
      <Choice
        label="Persons of whom"
        value={match}
        options={optionsOf(MATCHES)}
        onChange={(value) => onChange({ ...rule, match: value })}
      />
      <ol>
        {conditions.map((condition, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no identity but its place.
          <li key={i}>
            <ConditionEditor
              condition={condition}
              number={i + 1}
              names={names}
              onChange={(next) => change(conditions.with(i, next))}
            />
            {conditions.length > 1 && (
              <button
                type="button"
                className="icon"
                onClick={() => change(conditions.filter((_, place) => place !== i))}
              >
                <span aria-hidden="true">×</span>
                <span className="visually-hidden">Remove condition {i + 1}</span>
              </button>
            )}
          </li>
        ))}
      </ol>
      {conditions.length < MAX_CONDITIONS && (
        <button
          type="button"
          className="quiet"
          onClick={() => change([...conditions, newCondition('did', names[0] ?? '$pageview')])}
        >
          + Add condition
        </button>
      )}
    </fieldset>
  )
}

interface ConditionProps {
  condition: CohortCondition
  number: number
  names: string[]
  onChange(condition: CohortCondition): void
}

const HOLDS = { true: 'does not hold', false: 'holds' } as const

function ConditionEditor({ condition, number, names, onChange }: ConditionProps) {
  const { type } = condition
  return (
    <fieldset className="condition">
      <legend className="visually-hidden">Condition {number}</legend>
      <div className="control-row">
        <Choice
          label={`Condition ${number}`}
          value={type}
          options={optionsOf(CONDITION_TYPES)}
          onChange={(next) => onChange(newCondition(next, names[0] ?? '$pageview'))}
        />
        {'negate' in condition && (
          <Choice
            label="This"
            value={condition.negate ? 'true' : 'false'}
            options={optionsOf(HOLDS)}
            onChange={(negate) => onChange({ ...condition, negate: negate === 'true' })}
          />
        )}
      </div>
      {type === 'did' && <DidEditor condition={condition} names={names} onChange={onChange} />}
      {type === 'did_sequence' && (
        <>
          <StepsEditor
            steps={condition.steps}
            names={names}
            maxSteps={MAX_SEQUENCE_STEPS}
            onChange={(steps) => onChange({ ...condition, steps })}
          />
          <div className="control-row">
            <SpanEditor
              legend="First to last step within"
              span={condition.window}
              onChange={(window) => onChange({ ...condition, window })}
            />
            <WhenEditor condition={condition} onChange={onChange} />
          </div>
        </>
      )}
      {type === 'person' && (
        <PersonEditor
          filter={condition.filter}
          onChange={(filter) => onChange({ ...condition, filter })}
        />
      )}
      {type === 'list' && (
        <IdsEditor
          ids={condition.distinct_ids}
          onChange={(distinct_ids) => onChange({ ...condition, distinct_ids })}
        />
      )}
    </fieldset>
  )
}

function IdsEditor({ ids, onChange }: { ids: string[]; onChange(ids: string[]): void }) {
  const [text, setText] = useState(ids.join('\n'))
  return (
    <Lines
      label="Distinct ids, one a line"
      value={text}
      hint={`${formatNumber(ids.length)} different, of 10,000 at most`}
      onChange={(next) => {
        setText(next)
        onChange(readIds(next))
      }}
    />
  )
}

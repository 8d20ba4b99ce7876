import { isByCohorts } from '../../lib/breakdowns.ts'
import { isKeyOf } from '../../lib/choices.ts'
import { formatEvent } from '../../lib/format.ts'
import { ATTRIBUTIONS, type FunnelsQuestion } from '../../lib/funnels.ts'
import { Choice, optionsOf } from '../choice.tsx'

interface Props {
  question: FunnelsQuestion
  onChange(change: Partial<FunnelsQuestion>): void
}

/** Which event tells in which group somebody is; who is in a cohort depends on none. */
export function AttributionPicker({ question, onChange }: Props) {
  const { breakdowns, attribution, steps, order } = question
  if (breakdowns.length === 0 || breakdowns.some(isByCohorts)) return null
  // In any order the later steps are whatever was done.
  const told = order === 'any' ? steps.slice(0, 1) : steps
  return (
    <Choice
      label="Value taken from"
      value={typeof attribution === 'string' ? attribution : String(attribution.step)}
      options={[
        ...told.map(
          ({ event }, s) =>
            [
              String(s + 1),
              order === 'any' ? 'The first step done' : `Step ${s + 1}: ${formatEvent(event)}`,
            ] as const,
        ),
        ...optionsOf(ATTRIBUTIONS),
      ]}
      onChange={(key) =>
        onChange({ attribution: isKeyOf(ATTRIBUTIONS, key) ? key : { step: Number(key) } })
      }
    />
  )
}

import { type FunnelExclusion, MAX_EXCLUSIONS } from '../../lib/funnels.ts'
import type { FunnelStepQuestion } from '../../lib/url-state.ts'
import { Choice } from '../choice.tsx'
import { EventPicker } from '../event-picker.tsx'

interface Props {
  exclusions: FunnelExclusion[]
  /** Of the funnel: none of their events can be excluded. */
  steps: readonly FunnelStepQuestion[]
  /** Whether the place of an exclusion may be chosen; in any order it is the whole funnel. */
  withPlaces: boolean
  names: string[]
  onChange(exclusions: FunnelExclusion[]): void
}

const LAST = 'last'

/** What must not happen between two steps. */
export function ExclusionsEditor({ exclusions, steps, withPlaces, names, onChange }: Props) {
  const change = (i: number, part: Partial<FunnelExclusion>) => {
    const one = exclusions[i]
    if (one) onChange(exclusions.with(i, { ...one, ...part }))
  }
  // What need not be done is no place for an exclusion to begin or to end.
  const stepsFrom = (first: number, last: number): number[] =>
    Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).filter(
      (step) => !steps[step - 1]?.optional,
    )
  return (
    <fieldset className="filters">
      <legend>Exclusions</legend>
      {exclusions.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an exclusion is its place; events may repeat.
        <div className="filter" key={i}>
          <EventPicker
            label={`Excluded event ${i + 1}`}
            hideLabel
            value={one.event}
            names={names}
            onChange={(event) => change(i, { event })}
          />
          {withPlaces && (
            <>
              <Choice
                label={`After which step, ${i + 1}`}
                hideLabel
                value={String(one.from_step)}
                options={stepsFrom(1, steps.length - 1).map(
                  (s) => [String(s), `after step ${s}`] as const,
                )}
                onChange={(step) => change(i, { from_step: Number(step) })}
              />
              <Choice
                label={`Before which step, ${i + 1}`}
                hideLabel
                value={one.to_step === null ? LAST : String(one.to_step)}
                options={[
                  ...stepsFrom(one.from_step + 1, steps.length).map(
                    (s) => [String(s), `before step ${s}`] as const,
                  ),
                  [LAST, 'before the last step'],
                ]}
                onChange={(step) => change(i, { to_step: step === LAST ? null : Number(step) })}
              />
            </>
          )}
          <button
            type="button"
            className="icon"
            onClick={() => onChange(exclusions.toSpliced(i, 1))}
          >
            <span aria-hidden="true">×</span>
            <span className="visually-hidden">Remove exclusion {i + 1}</span>
          </button>
        </div>
      ))}
      {exclusions.length < MAX_EXCLUSIONS && (
        <button
          type="button"
          className="quiet"
          onClick={() =>
            onChange([...exclusions, { event: unused(), filters: [], from_step: 1, to_step: null }])
          }
        >
          + Add exclusion
        </button>
      )}
    </fieldset>
  )

  function unused(): string {
    const taken = [...steps, ...exclusions].map(({ event }) => event)
    return names.find((name) => !taken.includes(name)) ?? '$pageview'
  }
}

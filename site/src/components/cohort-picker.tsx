import type { SavedCohort } from '@headwater/schemas/insights/saved-cohort'
import { type CohortsBreakdown, MAX_COHORT_LINES } from '../lib/breakdowns.ts'
import { type Listed, listPath } from '../lib/saved.ts'
import { savedSearch } from '../lib/saved-address.ts'
import { useSaved } from '../lib/saved-calls.ts'
import type { Site } from '../lib/site.ts'
import { ErrorNotice } from './card.tsx'

type Line = CohortsBreakdown['cohorts'][number]

interface Props {
  site: Site
  project: string
  /** Those that are chosen, in the order of their lines. */
  cohorts: Line[]
  onChange(cohorts: Line[]): void
}

/** Which of the saved cohorts a result is told apart by. */
export function CohortPicker({ site, project, cohorts, onChange }: Props) {
  const live = useSaved<Listed<SavedCohort>>(site, listPath('cohort', project), 'items')
  const saved = live.data?.items ?? []
  const known = new Set(saved.map(({ id }) => id))
  // A rule of the question's own, or a cohort that is gone, can only be taken away.
  const others = cohorts.filter(({ cohort }) => typeof cohort !== 'string' || !known.has(cohort))
  return (
    <fieldset className="filters">
      <legend>Cohorts</legend>
      {live.error && <ErrorNotice error={live.error} />}
      {saved.map(({ id, name }) => (
        <Switch
          key={id}
          name={name}
          checked={cohorts.some(({ cohort }) => cohort === id)}
          disabled={cohorts.length >= MAX_COHORT_LINES}
          onChange={(checked) =>
            onChange(
              checked
                ? [...cohorts, { cohort: id }]
                : cohorts.filter(({ cohort }) => cohort !== id),
            )
          }
        />
      ))}
      {live.data &&
        others.map((line) => (
          <Switch
            key={JSON.stringify(line)}
            name={line.name ?? String(line.cohort)}
            checked
            disabled={false}
            onChange={() => onChange(cohorts.filter((one) => one !== line))}
          />
        ))}
      {live.data && saved.length === 0 && (
        <p className="hint">
          None is saved yet. <a href={`/cohorts?${savedSearch(project)}`}>Make a cohort</a>
        </p>
      )}
    </fieldset>
  )
}

interface SwitchProps {
  name: string
  checked: boolean
  /** Whether no more can be chosen. */
  disabled: boolean
  onChange(checked: boolean): void
}

function Switch({ name, checked, disabled, onChange }: SwitchProps) {
  return (
    <label className="switch">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled && !checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {name}
    </label>
  )
}

import type { CohortSize as Size } from '@headwater/schemas/insights/saved-cohort'
import { formatNumber } from '../../lib/format.ts'
import { useCall } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'

interface Props {
  site: Site
  project: string
  cohort: { id: string; version: number }
}

/** How many belong to it, asked once: a list of cohorts would be many questions every few seconds. */
export function CohortSize({ site, project, cohort: { id, version } }: Props) {
  // What the API makes nothing of, but which asks again when the rule was changed.
  const path = `/api/cohorts/${id}/size?${new URLSearchParams({ project })}#${version}`
  const { data, error } = useCall<Size>(site, { method: 'GET', path }, 'persons', true)
  if (data) return formatNumber(data.persons)
  return <span title={error?.message}>{error ? '?' : '…'}</span>
}

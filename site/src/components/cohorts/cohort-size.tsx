import type { CohortSizes } from '@headwater/schemas/insights/saved-cohort'
import type { ReactNode } from 'react'
import { formatNumber } from '../../lib/format.ts'
import { useCall } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'

interface Versioned {
  id: string
  version: number
}

/** As many as the API counts in one question; the sizes of others are on their own pages. */
const MAX_SIZES = 50

/** How many belong to each of some cohorts, asked once: they are counted over all events. */
export function useCohortSizes(
  site: Site,
  project: string,
  cohorts: readonly Versioned[],
): (id: string) => ReactNode {
  const asked = cohorts.slice(0, MAX_SIZES)
  const ids = asked.map(({ id }) => id).join()
  // What the API makes nothing of, but which asks again when a rule was changed.
  const versions = asked.map(({ version }) => version).join()
  const path = `/api/cohorts/sizes?${new URLSearchParams({ project, ids })}#${versions}`
  const call = ids === '' ? null : { method: 'GET' as const, path }
  const { data, error } = useCall<CohortSizes>(site, call, 'sizes', true)
  return (id) => {
    const size = data?.sizes.find((one) => one.id === id)
    if (size) return formatNumber(size.persons)
    const isAsked = asked.some((one) => one.id === id)
    if (!isAsked) return '–'
    return <span title={error?.message}>{error ? '?' : '…'}</span>
  }
}

interface Props {
  site: Site
  project: string
  cohort: Versioned
}

/** How many belong to one. */
export function CohortSize({ site, project, cohort }: Props) {
  return useCohortSizes(site, project, [cohort])(cohort.id)
}

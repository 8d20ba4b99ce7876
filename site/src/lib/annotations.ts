import type { SavedAnnotation } from '@headwater/schemas/insights/annotation'
import type { Live } from './live.ts'
import { type Listed, listPath } from './saved.ts'
import { useSaved } from './saved-calls.ts'
import type { Site } from './site.ts'

const DAY_MS = 86_400_000
/** As long as charts mostly reach back; what is older is on the page of annotations. */
const BACK_DAYS = 400

/** Where a chart stands: annotations of these places are on it besides those of the whole project. */
export interface ChartPlace {
  dashboard?: string
  insight?: string
}

/** The annotations of a project's charts, newest last. */
export function useAnnotations(
  site: Site | null,
  project: string | null,
  revision = 0,
): Live<Listed<SavedAnnotation>> {
  // The same until the day ends: what is asked does not change with every drawing.
  const day = Math.floor(Date.now() / DAY_MS)
  const from = new Date((day - BACK_DAYS) * DAY_MS).toISOString()
  const path = project && listPath('annotation', project, { from })
  return useSaved<Listed<SavedAnnotation>>(site, path, 'items', revision)
}

/** Those that belong on a chart. */
export function annotationsOf(
  live: Live<Listed<SavedAnnotation>>,
  { dashboard, insight }: ChartPlace,
): SavedAnnotation[] {
  return (live.data?.items ?? []).filter(({ scope }) => {
    if (scope === 'project') return true
    return 'dashboard' in scope ? scope.dashboard === dashboard : scope.insight === insight
  })
}

/** A moment as a `datetime-local` field has it, to the minute, on the viewer's own clock. */
export function toLocalField(iso: string): string {
  const date = new Date(iso)
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}

/** The moment that a `datetime-local` field names; null when it is empty. */
export function fromLocalField(text: string): string | null {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

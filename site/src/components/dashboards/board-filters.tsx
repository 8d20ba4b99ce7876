import { useMemo } from 'react'
import { type BoardFilters, splitFilters } from '../../lib/board.ts'
import { usePropertyNames } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'
import { FilterList } from '../filter-list.tsx'
import { PropertyOptions, propertyOptions } from '../property-options.ts'

interface Props {
  site: Site
  project: string
  filters: BoardFilters
  onChange(filters: BoardFilters): void
}

/** What must hold in every tile of a dashboard. */
export function BoardFilterList({ site, project, filters, onChange }: Props) {
  const { data } = usePropertyNames(site, project)
  const options = useMemo(() => propertyOptions(data), [data])
  const { plain, others } = splitFilters(filters)
  return (
    <PropertyOptions value={options}>
      <FilterList
        label="Filters of all tiles"
        filters={plain}
        onChange={(next) => onChange([...next, ...others])}
      />
      {others.length > 0 && (
        <span className="hint">
          {others.length} more, of persons, groups, sessions or cohorts, as{' '}
          {others.length === 1 ? 'it was' : 'they were'} saved.
        </span>
      )}
    </PropertyOptions>
  )
}

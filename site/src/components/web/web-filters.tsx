import type { WebList } from '@headwater/schemas/insights/web-overview'
import { needsValue, OPERATORS } from '../../lib/choices.ts'
import { formatProperty } from '../../lib/format.ts'
import { formatRow, LIST_WORDS, type WebQuestion } from '../../lib/web-question.ts'
import { FilterList } from '../filter-list.tsx'

interface Props {
  question: WebQuestion
  onChange(change: Partial<WebQuestion>): void
}

/** What narrows the page: rows of its lists that were chosen, and other filters; each can be taken away. */
export function WebFilters({ question, onChange }: Props) {
  const { rows, filters } = question
  const lists = Object.keys(rows) as WebList[]
  const chips = [
    ...lists.map((list) => {
      const { [list]: value = null, ...rest } = rows
      const words = `${LIST_WORDS[list]} is ${formatRow(list, value)}`
      return { key: list, words, remove: () => onChange({ rows: rest }) }
    }),
    ...filters.map(({ property, operator, value }, i) => {
      const compared = needsValue(operator) ? ` ${[value].flat().join(' or ')}` : ''
      const words = `${formatProperty(property)} ${OPERATORS[operator]}${compared}`
      const remove = () => onChange({ filters: filters.filter((_, place) => place !== i) })
      return { key: `${i} ${words}`, words, remove }
    }),
  ]
  return (
    <div className="filter-chips">
      <FilterList
        filters={[]}
        onChange={(added) => onChange({ filters: [...filters, ...added] })}
      />
      {chips.length > 0 && (
        <ul aria-label="Filters in use">
          {chips.map(({ key, words, remove }) => (
            <li key={key} className="chip">
              <span title={words}>{words}</span>
              <button type="button" className="icon" onClick={remove}>
                <span aria-hidden="true">×</span>
                <span className="visually-hidden">Remove filter {words}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {chips.length > 1 && (
        <button type="button" className="quiet" onClick={() => onChange({ rows: {}, filters: [] })}>
          Remove all
        </button>
      )}
    </div>
  )
}

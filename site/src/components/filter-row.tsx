import type { PropertyFilter } from '@headwater/schemas/insight'
import { FilterList } from './filter-list.tsx'
import { BotSwitch } from './question-options.tsx'

interface Filtered {
  filters: PropertyFilter[]
  include_bots: boolean
}

interface Props {
  question: Filtered
  onChange(change: Partial<Filtered>): void
}

/** Which events of those that a question means are left out: the last row of its editor. */
export function FilterRow({ question, onChange }: Props) {
  return (
    <div className="control-row">
      <FilterList filters={question.filters} onChange={(filters) => onChange({ filters })} />
      <BotSwitch
        checked={question.include_bots}
        onChange={(include_bots) => onChange({ include_bots })}
      />
    </div>
  )
}

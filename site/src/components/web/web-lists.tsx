import type { WebList, WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import type { InsightInputOf } from '../../lib/api.ts'
import type { Live } from '../../lib/live.ts'
import type { Site } from '../../lib/site.ts'
import {
  formatRow,
  LIST_WORDS,
  mayHaveMore,
  shortList,
  WEB_CARDS,
  type WebCard,
  type WebQuestion,
  webQueries,
} from '../../lib/web-question.ts'
import { Who } from '../actors/who.tsx'
import { Answer, Card } from '../card.tsx'
import { WorldMap } from '../world-map.tsx'
import { type ListRow, ListTable } from './list-table.tsx'

interface ListsProps {
  site: Site
  question: WebQuestion
  lists: Live<WebOverviewResult>
  /** Every country. */
  places: Live<WebOverviewResult>
  onChange(change: Partial<WebQuestion>): void
}

const TITLES: Record<WebCard, string> = {
  pages: 'Pages',
  sources: 'Sources',
  places: 'Countries',
  devices: 'Devices',
  campaigns: 'Campaigns',
}
const TAB_WORDS: Partial<Record<WebList, string>> = {
  entry_page: 'Entry',
  exit_page: 'Exit',
  os: 'System',
  utm_campaign: 'Campaign',
  utm_source: 'Source',
  utm_medium: 'Medium',
  utm_term: 'Term',
  utm_content: 'Content',
}

/** The cards of lists: a click on a row keeps what it counts, and nothing else, on the page. */
export function WebLists({ site, question, lists, places, onChange }: ListsProps) {
  const queries = webQueries(question)
  return (Object.keys(WEB_CARDS) as WebCard[]).map((card) => (
    <ListCard
      key={card}
      site={site}
      card={card}
      query={card === 'places' ? queries.places : queries.lists}
      live={card === 'places' ? places : lists}
      question={question}
      onChange={onChange}
    />
  ))
}

interface CardProps {
  site: Site
  card: WebCard
  /** The question of its list. */
  query: InsightInputOf<'web_overview'>
  live: Live<WebOverviewResult>
  question: WebQuestion
  onChange(change: Partial<WebQuestion>): void
}

function ListCard({ site, card, query, live, question, onChange }: CardProps) {
  const { shown, rows, more } = question
  const list = shown[card]
  const isLong = more === card
  // The page says once what is wrong with the question.
  const quiet = { ...live, error: live.data ? null : live.error }
  const choose = (value: string | null) => onChange({ rows: { ...rows, [list]: value } })
  return (
    <Card
      title={TITLES[card]}
      className={card === 'places' ? 'web-list web-places' : 'web-list'}
      actions={
        <Tabs
          card={card}
          value={list}
          onChange={(next) => onChange({ shown: { ...shown, [card]: next }, more: null })}
        />
      }
    >
      <Answer live={quiet} emptyWords={(result) => emptyWords(rowsOf(result, list))}>
        {(result) => {
          const all = rowsOf(result, list) ?? []
          const part = isLong ? all : shortList(all)
          return (
            <>
              {card === 'places' && (
                <WorldMap values={countryValues(all)} label="Visitors" onChoose={choose} />
              )}
              <div>
                <ListTable
                  list={list}
                  rows={part}
                  chosen={rows[list]}
                  onChoose={choose}
                  visitorsOf={({ value, visitors }) => (
                    <Who
                      site={site}
                      query={query}
                      select={{ row: { list, value } }}
                      count={visitors}
                      title={`Visitors: ${LIST_WORDS[list]} ${formatRow(list, value)}`}
                    />
                  )}
                />
                {(isLong || mayHaveMore(card, all.length)) && (
                  <button
                    type="button"
                    className="quiet"
                    aria-expanded={isLong}
                    onClick={() => onChange({ more: isLong ? null : card })}
                  >
                    {isLong ? 'Show fewer' : 'Show more'}
                    <span className="visually-hidden"> of {TITLES[card].toLowerCase()}</span>
                  </button>
                )}
              </div>
            </>
          )
        }}
      </Answer>
    </Card>
  )
}

interface TabsProps {
  card: WebCard
  value: WebList
  onChange(list: WebList): void
}

function Tabs({ card, value, onChange }: TabsProps) {
  const lists: readonly WebList[] = WEB_CARDS[card]
  if (lists.length < 2) return null
  return (
    <fieldset className="tabs">
      <legend className="visually-hidden">List of {TITLES[card].toLowerCase()}</legend>
      {lists.map((list) => (
        <button
          type="button"
          key={list}
          aria-pressed={list === value}
          onClick={() => onChange(list)}
        >
          {TAB_WORDS[list] ?? LIST_WORDS[list]}
        </button>
      ))}
    </fieldset>
  )
}

const countryValues = (rows: readonly ListRow[]) =>
  new Map(rows.flatMap(({ value, visitors }) => (value === null ? [] : [[value, visitors]])))

/** Undefined while the answer is that of other lists. */
export const rowsOf = (result: WebOverviewResult, list: WebList): ListRow[] | undefined =>
  result.lists.find((one) => one.list === list)?.rows

function emptyWords(rows: ListRow[] | undefined): string | null {
  if (!rows) return 'Loading …'
  return rows.length > 0 ? null : 'Nothing in this date range.'
}

import type { WebList, WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import { formatNumber, formatShare } from '../../lib/format.ts'
import type { Live } from '../../lib/live.ts'
import {
  formatRow,
  LIST_WORDS,
  mayHaveMore,
  shortList,
  WEB_CARDS,
  type WebCard,
  type WebQuestion,
} from '../../lib/web-question.ts'
import { Answer, Card } from '../card.tsx'

type List = WebOverviewResult['lists'][number]
type Row = List['rows'][number]

interface ListsProps {
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
export function WebLists({ question, lists, places, onChange }: ListsProps) {
  return (Object.keys(WEB_CARDS) as WebCard[]).map((card) => (
    <ListCard
      key={card}
      card={card}
      live={card === 'places' ? places : lists}
      question={question}
      onChange={onChange}
    />
  ))
}

interface CardProps {
  card: WebCard
  live: Live<WebOverviewResult>
  question: WebQuestion
  onChange(change: Partial<WebQuestion>): void
}

function ListCard({ card, live, question, onChange }: CardProps) {
  const { shown, rows, more } = question
  const list = shown[card]
  const isLong = more === card
  // The page says once what is wrong with the question.
  const quiet = { ...live, error: live.data ? null : live.error }
  const choose = (value: string | null) => onChange({ rows: { ...rows, [list]: value } })
  return (
    <Card
      title={TITLES[card]}
      className="web-list"
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
              <ListTable list={list} rows={part} chosen={rows[list]} onChoose={choose} />
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

interface TableProps {
  list: WebList
  rows: readonly Row[]
  /** The row that the page is narrowed to; undefined while to none. */
  chosen: string | null | undefined
  onChoose(value: string | null): void
}

function ListTable({ list, rows, chosen, onChoose }: TableProps) {
  const most = Math.max(1, ...rows.map(({ visitors }) => visitors))
  const ofSessions = rows.some(({ sessions }) => sessions !== null)
  return (
    <table className="bar-list web-table">
      <thead>
        <tr>
          <th scope="col">{LIST_WORDS[list]}</th>
          <th scope="col" className="number">
            Visitors
          </th>
          <th scope="col" className="number">
            {ofSessions ? 'Bounced' : 'Views'}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ value, visitors, page_views, bounce_rate }) => (
          <tr key={value === null ? 'none' : `is ${value}`}>
            <th scope="row">
              <span
                className="bar"
                style={{ width: `${(visitors / most) * 100}%` }}
                aria-hidden="true"
              />
              <button
                type="button"
                className="bar-name"
                data-kind={value === null ? 'none' : 'value'}
                title={`Only ${formatRow(list, value)}`}
                disabled={chosen === value}
                onClick={() => onChoose(value)}
              >
                {formatRow(list, value)}
              </button>
            </th>
            <td className="number">{formatNumber(visitors)}</td>
            <td className="number">
              {ofSessions ? formatShare(bounce_rate) : formatNumber(page_views)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Undefined while the answer is that of other lists. */
const rowsOf = (result: WebOverviewResult, list: WebList): Row[] | undefined =>
  result.lists.find((one) => one.list === list)?.rows

function emptyWords(rows: Row[] | undefined): string | null {
  if (!rows) return 'Loading …'
  return rows.length > 0 ? null : 'Nothing in this date range.'
}

import type { WebList, WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import type { ReactNode } from 'react'
import { formatNumber, formatShare } from '../../lib/format.ts'
import { formatRow, LIST_WORDS } from '../../lib/web-question.ts'

export type ListRow = WebOverviewResult['lists'][number]['rows'][number]

interface TableProps {
  list: WebList
  rows: readonly ListRow[]
  /** The row that the page is narrowed to; undefined while to none. */
  chosen?: string | null | undefined
  onChoose?(value: string | null): void
  hrefOf?(value: string | null): string
  /** Draws a row's visitors. @default the number */
  visitorsOf?(row: ListRow): ReactNode
}

/** A list as a table; a row may be chosen where it stands, or lead to where it is looked at. */
export function ListTable(props: TableProps) {
  const { list, rows, chosen, onChoose, hrefOf, visitorsOf } = props
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
        {rows.map((row) => (
          <tr key={keyOf(row.value)}>
            <th scope="row">
              <span
                className="bar"
                style={{ width: `${(row.visitors / most) * 100}%` }}
                aria-hidden="true"
              />
              {hrefOf ? (
                <a {...nameOf(list, row.value)} href={hrefOf(row.value)}>
                  {formatRow(list, row.value)}
                </a>
              ) : onChoose ? (
                <button
                  type="button"
                  {...nameOf(list, row.value)}
                  disabled={chosen === row.value}
                  onClick={() => onChoose(row.value)}
                >
                  {formatRow(list, row.value)}
                </button>
              ) : (
                <span {...nameOf(list, row.value)} title={undefined}>
                  {formatRow(list, row.value)}
                </span>
              )}
            </th>
            <td className="number">{visitorsOf ? visitorsOf(row) : formatNumber(row.visitors)}</td>
            <td className="number">
              {ofSessions ? formatShare(row.bounce_rate) : formatNumber(row.page_views)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const keyOf = (value: string | null) => (value === null ? 'none' : `is ${value}`)

const nameOf = (list: WebList, value: string | null) => ({
  className: 'bar-name',
  'data-kind': value === null ? 'none' : 'value',
  title: `Only ${formatRow(list, value)}`,
})

import type { TrendResult } from '@headwater/schemas/insight'
import { formatBreakdown, formatNumber, formatProperty } from '../lib/format.ts'

interface Props {
  result: TrendResult
  property: string | undefined
}

/** Persons per value of a property, longest bar first, as a table. */
export function BreakdownList({ result, property = '' }: Props) {
  const rows = result.series.flatMap(({ breakdown, total }) =>
    breakdown && total > 0 ? [{ breakdown, total }] : [],
  )
  // What has no name of its own comes last, however big it is.
  rows.sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)) || b.total - a.total)
  const most = Math.max(1, ...rows.map((row) => row.total))
  return (
    <table className="bar-list">
      <thead>
        <tr>
          <th scope="col">{formatProperty(property)}</th>
          <th scope="col" className="number">
            Persons
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ breakdown, total }) => (
          <tr key={`${breakdown.kind} ${breakdown.value}`}>
            <th scope="row">
              <span
                className="bar"
                style={{ width: `${(total / most) * 100}%` }}
                aria-hidden="true"
              />
              <span className="bar-name" data-kind={breakdown.kind}>
                {formatBreakdown(breakdown, property)}
              </span>
            </th>
            <td className="number">{formatNumber(total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function isNamed({ breakdown }: { breakdown: { kind: string } }): boolean {
  return breakdown.kind === 'value'
}

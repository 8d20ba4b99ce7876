import type { SqlResult } from '@headwater/schemas/insights/sql'
import { toCsv } from '../../lib/csv.ts'
import { formatNumber } from '../../lib/format.ts'
import { saveFile } from '../../lib/save-file.ts'
import { showValue } from '../property-table.tsx'
import { ScrollRegion } from '../scroll-region.tsx'

/** More would make the page slow; the file has all. */
const DRAWN_ROWS = 1_000
const NUMBER = /^(Nullable\()?(U?Int|Float|Decimal)/

/** Columns and rows of an answer, and the way to have them as a file. */
export function SqlTable({ result }: { result: SqlResult }) {
  const { columns, rows, truncated, duration_ms } = result
  const save = () => {
    const head = columns.map(({ name }) => name)
    saveFile(new Blob([toCsv(head, rows)], { type: 'text/csv' }), 'answer.csv')
  }
  const drawn = rows.slice(0, DRAWN_ROWS)
  return (
    <>
      <div className="sql-facts">
        <p className="hint" role="status">
          {formatNumber(rows.length)} {rows.length === 1 ? 'row' : 'rows'} in{' '}
          {Math.round(duration_ms)} ms
          {truncated && ', and there are more: raise the limit, or narrow the statement'}
          {drawn.length < rows.length && `; the first ${formatNumber(drawn.length)} are shown`}.
        </p>
        <button type="button" className="quiet" onClick={save}>
          Save as CSV
        </button>
      </div>
      <ScrollRegion label="Answer as a table" className="table-scroll sql-table">
        <table>
          <thead>
            <tr>
              {columns.map(({ name, type }, c) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name.
                <th scope="col" key={c} className={classOf(type)}>
                  {name} <span className="column-type">{type}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {drawn.map((row, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
              <tr key={r}>
                {columns.map(({ type }, c) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: see above.
                  <td key={c} className={classOf(type)}>
                    {row[c] === null ? <em>null</em> : showValue(row[c])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  )
}

const classOf = (type: string) => (NUMBER.test(type) ? 'number' : undefined)

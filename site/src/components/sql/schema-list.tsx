import type { SqlSchema } from '@headwater/schemas/insights/sql'
import { formatNumber } from '../../lib/format.ts'

/** What a statement can be made of, folded away until it is wanted. */
export function SchemaList({ schema }: { schema: SqlSchema }) {
  const { tables, functions } = schema
  return (
    <details className="sql-schema">
      <summary>
        Columns of {tables.map(({ name }) => name).join(', ')}, and {formatNumber(functions.length)}{' '}
        functions
      </summary>
      {tables.map(({ name, columns }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by key.
        <section key={name} className="table-scroll" tabIndex={0} aria-label={`Columns of ${name}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Column</th>
                <th scope="col">Type</th>
                <th scope="col">What it is</th>
              </tr>
            </thead>
            <tbody>
              {columns.map((column) => (
                <tr key={column.name}>
                  <th scope="row">
                    <code>{column.name}</code>
                  </th>
                  <td>{column.type}</td>
                  <td>{column.description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
      <p className="sql-functions">{functions.join(', ')}</p>
    </details>
  )
}

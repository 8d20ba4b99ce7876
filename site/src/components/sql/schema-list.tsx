import type { SqlSchema } from '@headwater/schemas/insights/sql'
import { formatNumber } from '../../lib/format.ts'
import { ScrollRegion } from '../scroll-region.tsx'

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
        <ScrollRegion key={name} label={`Columns of ${name}`}>
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
        </ScrollRegion>
      ))}
      <p className="sql-functions">{functions.join(', ')}</p>
    </details>
  )
}

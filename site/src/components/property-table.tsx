interface Props {
  properties: Record<string, unknown>
  /** What it is a table of, for those who hear it. */
  label: string
}

/** Names and values, by name; what is no plain value as JSON. */
export function PropertyTable({ properties, label }: Props) {
  const entries = Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    <table className="property-table" aria-label={label}>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{showValue(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A value as one line of text. */
export function showValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

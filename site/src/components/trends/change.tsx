import { formatChange } from '../../lib/format.ts'

/** How much more or less than in the earlier time; `–` when that is unknown. */
export function Change({ change }: { change: number | null }) {
  if (change === null) return '–'
  const [sign, words] = change > 0 ? ['▲', 'more'] : change < 0 ? ['▼', 'less'] : ['', '']
  return (
    <span className="change">
      <span aria-hidden="true">{sign}</span> {formatChange(change)}
      {words && <span className="visually-hidden"> {words}</span>}
    </span>
  )
}

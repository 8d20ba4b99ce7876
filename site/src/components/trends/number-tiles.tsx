import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { formatAmount, formatCompact, formatNumber } from '../../lib/format.ts'
import type { TrendsQuestion } from '../../lib/trends.ts'
import { shownLines } from '../../plots/lines.ts'
import { Change } from './change.tsx'

interface Props {
  result: TrendsResult
  question: TrendsQuestion
}

/** The whole range as one big number for each line, with the earlier time beside it. */
export function NumberTiles({ result, question }: Props) {
  const lines = shownLines(result, question)
  return (
    <dl className="numbers">
      {lines.map((line, i) => {
        const before = lines[i + 1]?.period === 'previous' ? lines[i + 1] : null
        if (line.period === 'previous') return null
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two series may have one name.
          <div className="numbers-tile" key={i}>
            <dt>{line.name}</dt>
            <dd title={line.total === null ? undefined : formatNumber(line.total)}>
              {line.total === null ? '–' : formatCompact(line.total)}
            </dd>
            {before && (
              <dd className="numbers-before">
                <Change change={line.change} /> against {formatAmount(before.total)}
              </dd>
            )}
          </div>
        )
      })}
    </dl>
  )
}

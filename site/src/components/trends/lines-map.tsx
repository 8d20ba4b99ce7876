import type { TrendsResult } from '@headwater/schemas/insights/trends'
import type { TrendsQuestion } from '../../lib/trends.ts'
import { countryLines, lineName, trendsTitle } from '../../plots/lines.ts'
import { WorldMap } from '../world-map.tsx'

interface Props {
  result: TrendsResult
  question: TrendsQuestion
}

/** Numbers by country on a map, one for each series; the table has them too, and what is on no map. */
export function LinesMap({ result, question }: Props) {
  const maps = countryLines(result, (line) => lineName(line, question))
  return (
    <div className="lines-maps" data-count={maps.length}>
      {maps.map(({ name, values }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two series may have one name.
        <section key={i} aria-label={`Map: ${name}`}>
          {maps.length > 1 && <h3>{name}</h3>}
          <WorldMap values={values} label={trendsTitle(question)} />
        </section>
      ))}
    </div>
  )
}

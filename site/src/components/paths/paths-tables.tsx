import type { PathsResult } from '@headwater/schemas/insights/paths'
import type { InsightInputOf } from '../../lib/api.ts'
import { formatNumber, formatSeconds, formatShare } from '../../lib/format.ts'
import type { Site } from '../../lib/site.ts'
import { Who } from '../actors/who.tsx'
import { ScrollRegion } from '../scroll-region.tsx'

interface Props {
  result: PathsResult
  /** Where, and by which question, those behind a number are asked. */
  asked: { site: Site; query: InsightInputOf<'paths'> }
}

/** Every way from one node to the next, the most used first. */
export function LinkTable({ result, asked }: Props) {
  const pathsOf = new Map(result.nodes.map(({ step, name, paths }) => [`${step} ${name}`, paths]))
  return (
    <ScrollRegion label="Ways as a table" className="table-scroll flow-table">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" className="number">
              Step
            </th>
            <Heading title="Paths" hint="Paths that take this way" />
            <Heading title="Share" hint="Of the paths that come by where it begins" />
            <Heading title="Persons" hint="However many of their paths take it" />
            <Heading title="Mean time" hint="From coming to the one node to coming to the other" />
          </tr>
        </thead>
        <tbody>
          {result.edges.map(({ step, from, to, paths, actors, mean_seconds }) => (
            <tr key={`${step} ${from} ${to}`}>
              <th scope="row" title={from}>
                {from}
              </th>
              <td className="flow-name" title={to}>
                {to}
              </td>
              <td className="number">{step}</td>
              <td className="number total">{formatNumber(paths)}</td>
              <td className="number">
                {formatShare(shareOf(paths, pathsOf.get(`${step} ${from}`)))}
              </td>
              <td className="number">
                <Who
                  count={actors}
                  select={{ step, name: from, next: to }}
                  title={`${from} → ${to}, step ${step}`}
                  {...asked}
                />
              </td>
              <td className="number">{formatSeconds(mean_seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** Every node, with how many paths end there. */
export function NodeTable({ result, asked }: Props) {
  return (
    <ScrollRegion label="Nodes as a table" className="table-scroll flow-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col" className="number">
              Step
            </th>
            <Heading title="Paths" hint="Paths that come by" />
            <Heading title="Persons" hint="However many of their paths come by" />
            <Heading title="End here" hint="Paths whose last node it is, and who they are" />
            <Heading title="Drop-off" hint="Share of its paths that end here" />
            <Heading title="Go on unseen" hint="Paths that go on beyond what is shown" />
          </tr>
        </thead>
        <tbody>
          {result.nodes.map(({ step, name, paths, actors, exits, continues }) => (
            <tr key={`${step} ${name}`}>
              <th scope="row" title={name}>
                {name}
              </th>
              <td className="number">{step}</td>
              <td className="number total">{formatNumber(paths)}</td>
              <td className="number">
                <Who
                  count={actors}
                  select={{ step, name }}
                  title={`${name}, step ${step}`}
                  {...asked}
                />
              </td>
              <td className="number">
                <Who
                  count={exits}
                  select={{ step, name, next: null }}
                  title={`Ended at ${name}, step ${step}`}
                  {...asked}
                />
              </td>
              <td className="number">{formatShare(shareOf(exits, paths))}</td>
              <td className="number">{formatNumber(continues)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function Heading({ title, hint }: { title: string; hint: string }) {
  return (
    <th scope="col" className="number" title={hint}>
      {title}
    </th>
  )
}

const shareOf = (part: number, whole: number | undefined) => (whole ? part / whole : null)

export function pathsEmptyWords(result: PathsResult): string | null {
  return result.paths > 0 ? null : 'No such paths in this date range.'
}

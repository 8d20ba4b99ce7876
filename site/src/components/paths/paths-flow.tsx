import type { PathsResult } from '@headwater/schemas/insights/paths'
import { useId, useMemo } from 'react'
import { formatNumber, formatSeconds, formatShare } from '../../lib/format.ts'
import { useWidth } from '../../lib/use-width.ts'
import { type FlowLink, type FlowNode, NODE_WIDTH, pathsFlow } from '../../plots/paths.ts'
import { ScrollRegion } from '../scroll-region.tsx'

/** Px of a character of a label, on average. */
const CHARACTER_WIDTH = 6.6

/** The ways as ribbons between the nodes of each step, as wide as paths take them. */
export function PathsFlow({ result }: { result: PathsResult }) {
  const [place, width] = useWidth<HTMLDivElement>()
  const flow = useMemo(() => pathsFlow(result, width), [result, width])
  const describedBy = useId()
  return (
    <>
      <ul className="legend" aria-label="Parts of a bar">
        <li className="flow-part" data-part="goes-on">
          Goes on
        </li>
        <li className="flow-part" data-part="exits">
          Ends here
        </li>
        <li className="flow-part" data-part="continues">
          Goes on, beyond what is shown
        </li>
      </ul>
      <ScrollRegion label="Flow of paths" className="plot-scroll">
        <div ref={place}>
          {width > 0 && (
            <svg
              className="flow"
              width={flow.width}
              height={flow.height}
              role="img"
              aria-describedby={describedBy}
            >
              <title>Flow of paths</title>
              <desc id={describedBy}>The tables below the picture hold the same numbers.</desc>
              {flow.steps.map((x, s) => (
                <text className="flow-step" x={x} y={12} key={x}>
                  Step {s + 1}
                </text>
              ))}
              {flow.links.map((link) => (
                <path className="flow-link" d={link.d} key={`${link.step} ${link.from} ${link.to}`}>
                  <title>{linkTitle(link)}</title>
                </path>
              ))}
              {flow.nodes.map((node) => (
                <Bar node={node} key={`${node.step} ${node.name}`} />
              ))}
            </svg>
          )}
        </div>
      </ScrollRegion>
    </>
  )
}

function Bar({ node }: { node: FlowNode }) {
  const { x, y, height, exits_height, continues_height } = node
  const bottom = y + height
  const middle = y + Math.max(height / 2, 6)
  const part = (name: string, from: number, size: number) =>
    size > 0 && (
      <rect
        className="flow-bar"
        data-part={name}
        {...{ x, y: from, width: NODE_WIDTH, height: size }}
      />
    )
  return (
    <g>
      <title>{nodeTitle(node)}</title>
      <rect className="flow-bar" data-part="goes-on" {...{ x, y, width: NODE_WIDTH, height }} />
      {part('exits', bottom - exits_height, exits_height)}
      {part('continues', bottom - exits_height - continues_height, continues_height)}
      <text className="flow-label" x={x + NODE_WIDTH + 6} y={middle} dy="0.32em">
        {fit(node)} <tspan className="flow-count">{formatNumber(node.paths)}</tspan>
      </text>
    </g>
  )
}

// A name is cut, its number never: the title has all of it.
function fit({ name, paths, label_width }: FlowNode): string {
  const most = Math.floor(label_width / CHARACTER_WIDTH) - formatNumber(paths).length - 1
  return name.length <= most ? name : `${name.slice(0, Math.max(1, most - 1))}…`
}

function nodeTitle({ name, paths, exits, continues }: FlowNode): string {
  const share = (part: number) => `${formatNumber(part)} (${formatShare(part / paths)})`
  return [
    `${name}: ${formatNumber(paths)} paths`,
    `${share(exits)} end here`,
    ...(continues > 0 ? [`${share(continues)} go on beyond what is shown`] : []),
  ].join('\n')
}

function linkTitle({ from, to, paths, mean_seconds }: FlowLink): string {
  return `${from} → ${to}\n${formatNumber(paths)} paths, after ${formatSeconds(mean_seconds)} on average`
}

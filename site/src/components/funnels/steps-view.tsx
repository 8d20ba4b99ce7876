import type { FunnelInsightResult } from '@headwater/schemas/insights/funnel'
import { onlyProperty } from '../../lib/breakdowns.ts'
import { breakdownName } from '../../lib/format.ts'
import { actorKind, type FunnelsQuestion, funnelQuery } from '../../lib/funnels.ts'
import type { Site } from '../../lib/site.ts'
import type { DrawnFunnel } from '../../plots/insight-funnel.ts'
import { Who } from '../actors/who.tsx'
import { FunnelChart, FunnelTable } from '../funnel-view.tsx'

interface Props {
  result: DrawnFunnel
  question: FunnelsQuestion
  site: Site
}

/** How many took each step. */
export function FunnelStepsView({ result, question, site }: Props) {
  const breakdown = onlyProperty(question.breakdowns)
  const asked = { site, query: funnelQuery(question) }
  const drawn = { result, breakdown, asked, actors: actorKind(question.actor) }
  return (
    <>
      <FunnelChart {...drawn} height={320} />
      <FunnelTable {...drawn} />
    </>
  )
}

interface ExcludedProps extends Omit<Props, 'result'> {
  result: FunnelInsightResult
}

/** Whom exclusions keep out of every step; nothing where they keep out nobody. */
export function Excluded({ result, question, site }: ExcludedProps) {
  const groups = result.groups.filter(({ excluded }) => excluded > 0)
  if (groups.length === 0) return null
  return (
    // No paragraph: one cannot hold the dialog of who they are.
    <div className="hint">
      Left out of every step, since they did what is excluded:{' '}
      {groups.map(({ breakdown, excluded }, g) => {
        const name = breakdown && breakdownName(breakdown, onlyProperty(question.breakdowns))
        return (
          <span key={JSON.stringify(breakdown)}>
            {g > 0 && ', '}
            {name && `${name} `}
            <Who
              count={excluded}
              site={site}
              query={funnelQuery(question)}
              select={{ outcome: 'excluded', breakdown }}
              title={name ? `Excluded, ${name}` : 'Excluded'}
            />
          </span>
        )
      })}
      .
    </div>
  )
}

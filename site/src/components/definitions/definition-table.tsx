import type { EventDefinitions, PropertyDefinitions } from '@headwater/schemas/insights/definitions'
import { useState } from 'react'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import type { Site } from '../../lib/site.ts'
import { ScrollRegion } from '../scroll-region.tsx'
import { DescribeForm } from './describe-form.tsx'

type Definition = EventDefinitions['events'][number] | PropertyDefinitions['properties'][number]

interface Props {
  site: Site
  project: string
  kind: 'events' | 'properties'
  definitions: readonly Definition[]
  /** Told after something was said of one. */
  onChange(): void
}

/** Names with what was seen of them, and what is said of them, which can be changed. */
export function DefinitionTable({ site, project, kind, definitions, onChange }: Props) {
  const [edited, setEdited] = useState<string | null>(null)
  const titles = [
    ...['Name', 'Description'],
    ...(kind === 'properties' ? ['Types', 'Values'] : []),
    ...['Count', 'Last seen (UTC)', ''],
  ]
  const done = () => {
    setEdited(null)
    onChange()
  }
  return (
    <ScrollRegion label="Definitions as a table">
      <table className="definition-table">
        <thead>
          <tr>
            {titles.map((title) => (
              <th scope="col" key={title} className={title === 'Count' ? 'number' : undefined}>
                {title || <span className="visually-hidden">Change</span>}
              </th>
            ))}
          </tr>
        </thead>
        {definitions.map((definition) => (
          <tbody key={definition.name}>
            <Row
              definition={definition}
              project={project}
              kind={kind}
              onEdit={() => setEdited(edited === definition.name ? null : definition.name)}
            />
            {edited === definition.name && (
              <tr className="unfolded">
                <td colSpan={titles.length}>
                  <DescribeForm
                    site={site}
                    project={project}
                    kind={kind}
                    said={definition}
                    onSaid={done}
                    onCancel={() => setEdited(null)}
                  />
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
    </ScrollRegion>
  )
}

interface RowProps {
  definition: Definition
  project: string
  kind: Props['kind']
  onEdit(): void
}

function Row({ definition, project, kind, onEdit }: RowProps) {
  const { name, description, hidden, count, last_seen } = definition
  return (
    <tr data-hidden={hidden}>
      <th scope="row">
        {kind === 'events' ? (
          <a href={`/events?${new URLSearchParams({ project, event: name, date_from: '-30d' })}`}>
            {name}
          </a>
        ) : (
          name
        )}
        {'source' in definition && definition.source === 'server' && (
          <span className="badge">server</span>
        )}
        {hidden && <span className="badge">hidden</span>}
      </th>
      <td className="described">{description || '–'}</td>
      {'types' in definition && (
        <>
          <td>{definition.types.join(', ') || '–'}</td>
          <td className="clipped" title={definition.samples.join('\n')}>
            {definition.samples.join(' · ') || '–'}
          </td>
        </>
      )}
      <td className="number">{formatNumber(count)}</td>
      <td>{last_seen === null ? '–' : formatMoment(last_seen)}</td>
      <td>
        <button type="button" className="quiet" onClick={onEdit}>
          Edit<span className="visually-hidden"> {name}</span>
        </button>
      </td>
    </tr>
  )
}

import type { Person } from '@headwater/schemas/insights/persons'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import { personName, personPath } from '../../lib/persons.ts'
import { showValue } from '../property-table.tsx'
import { ScrollRegion } from '../scroll-region.tsx'

interface Props {
  persons: readonly Person[]
  project: string
}

const SHOWN_PROPERTIES = 4

/** Persons with what is known of them, each a way to its page. */
export function PersonTable({ persons, project }: Props) {
  return (
    <ScrollRegion label="Persons as a table">
      <table className="person-table">
        <thead>
          <tr>
            <th scope="col">Person</th>
            <th scope="col">Known by</th>
            <th scope="col">Properties</th>
            <th scope="col" className="number">
              Events
            </th>
            <th scope="col">Last seen (UTC)</th>
            <th scope="col">First seen (UTC)</th>
          </tr>
        </thead>
        <tbody>
          {persons.map((person) => (
            <tr key={person.id}>
              <th scope="row">
                <a href={personPath(project, person.id)}>{personName(person)}</a>
              </th>
              <td className="clipped">{person.distinct_ids.join(', ')}</td>
              <td className="clipped">{wordsOf(person.properties)}</td>
              <td className="number">{formatNumber(person.events)}</td>
              <td>{formatMoment(person.last_seen)}</td>
              <td>{formatMoment(person.first_seen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function wordsOf(properties: Record<string, unknown>): string {
  const entries = Object.entries(properties)
  const shown = entries.slice(0, SHOWN_PROPERTIES)
  const words = shown.map(([name, value]) => `${name}: ${showValue(value)}`)
  const more = entries.length - shown.length
  return [...words, ...(more > 0 ? [`${more} more`] : [])].join(' · ') || '–'
}

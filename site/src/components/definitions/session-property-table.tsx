import { ScrollRegion } from '../scroll-region.tsx'

interface Props {
  properties: readonly { name: string; type: string; meaning: string }[]
}

/** Those that every session has: the same in every project. */
export function SessionPropertyTable({ properties }: Props) {
  return (
    <ScrollRegion label="Definitions as a table">
      <table className="definition-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {properties.map(({ name, type, meaning }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{type}</td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

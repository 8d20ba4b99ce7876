import type { Delivery } from '@headwater/schemas/insights/alert'
import { formatOwnMoment } from '../../lib/format.ts'
import { ScrollRegion } from '../scroll-region.tsx'

const STATES: Record<Delivery['state'], string> = {
  pending: 'On its way',
  sent: 'Sent',
  failed: 'Failed',
}
const REASONS: Record<Delivery['reason'], string> = {
  firing: 'Firing',
  resolved: 'Resolved',
  report: 'Report',
  test: 'Test',
}

/** What was sent to whom, and what became of it; the newest first. */
export function DeliveryTable({ items }: { items: Delivery[] }) {
  return (
    <ScrollRegion label="Deliveries">
      <table className="manage-table">
        <thead>
          <tr>
            <th scope="col">Made</th>
            <th scope="col">Message</th>
            <th scope="col">To</th>
            <th scope="col">State</th>
            <th scope="col" className="number">
              Tries
            </th>
            <th scope="col">Answer</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, created_at, reason, url, state, attempts, status, problem }) => (
            <tr key={`${id} ${url}`}>
              <th scope="row">{formatOwnMoment(created_at)}</th>
              <td>{REASONS[reason]}</td>
              <td className="delivery-url">{url}</td>
              <td>
                <span className="state-mark" data-state={state === 'failed' ? 'firing' : state}>
                  {STATES[state]}
                </span>
              </td>
              <td className="number">{attempts}</td>
              <td>{problem ?? status ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

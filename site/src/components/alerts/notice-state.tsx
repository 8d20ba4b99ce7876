import { type Notice, STATE_WORDS } from '../../lib/alerts.ts'
import { formatAmount, formatOwnMoment } from '../../lib/format.ts'

/** How it stands, with the value that an alert saw last. */
export function StateMark({ notice }: { notice: Notice }) {
  const { status } = notice
  const [state, words] = standing(notice)
  const value = status && 'value' in status ? status.value : null
  return (
    <span className="state-mark" data-state={state}>
      {words}
      {value !== null && <span className="hint"> {formatAmount(value)}</span>}
    </span>
  )
}

/** The end of the newest interval that was looked at, on the viewer's own clock. */
export function LastLook({ notice: { status } }: { notice: Notice }) {
  if (!status) return <>…</>
  if (status.problem) return <span className="fault">{status.problem}</span>
  return <>{status.interval_end ? `up to ${formatOwnMoment(status.interval_end)}` : 'never'}</>
}

function standing({ enabled, status }: Notice): [string, string] {
  if (!enabled) return ['off', 'Off']
  if (!status) return ['unknown', '…']
  if (status.snoozed_until && Date.parse(status.snoozed_until) > Date.now()) {
    return ['off', `Snoozed until ${formatOwnMoment(status.snoozed_until)}`]
  }
  if (status.problem) return ['problem', 'Cannot be looked at']
  if ('state' in status) return [status.state, STATE_WORDS[status.state]]
  return status.interval_end ? ['ok', 'OK'] : ['unknown', 'Nothing sent yet']
}

import { forgetSession } from '../lib/connection.ts'
import { useAction } from '../lib/saved-calls.ts'
import { type Session, signOut } from '../lib/sign-in.ts'
import { ErrorNotice } from './card.tsx'

interface Props {
  session: Session
  onSignedOut(): void
}

/** Who signed in in this browser, and the way out. */
export function SignedIn({ session, onSignedOut }: Props) {
  const action = useAction()
  const leave = async () => {
    if (!(await action.run(() => signOut(session)))) return
    forgetSession()
    onSignedOut()
  }
  return (
    <div className="field">
      <p>
        Signed in as <strong>{session.email}</strong>
      </p>
      {/* The session is kept while it goes on: forgotten, nobody could end it any more. */}
      {action.error && <ErrorNotice error={action.error} />}
      <button type="button" disabled={action.busy} onClick={leave}>
        {action.busy ? 'Signing out …' : 'Sign out'}
      </button>
    </div>
  )
}

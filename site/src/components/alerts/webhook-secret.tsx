import { useState } from 'react'
import { useAction } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { ErrorNotice } from '../card.tsx'

/** The secret by which receivers of webhooks check who sent; read when it is asked for. */
export function WebhookSecretLine({ site, project }: { site: Site; project: string }) {
  const [secret, setSecret] = useState<string | null>(null)
  const action = useAction()
  const show = () =>
    action.run(async () => {
      const path = `/api/webhooks/secret?${new URLSearchParams({ project })}`
      const found = await site.client.call<{ secret: string }>({ method: 'GET', path }, 'secret')
      setSecret(found.secret)
    })
  return (
    <div className="secret">
      {secret ? (
        <p className="hint">
          Webhooks are signed with <code>{secret}</code>, as Standard Webhooks says.
        </p>
      ) : (
        <button type="button" className="quiet" disabled={action.busy} onClick={show}>
          Show the secret of webhooks
        </button>
      )}
      {action.error && <ErrorNotice error={action.error} />}
    </div>
  )
}

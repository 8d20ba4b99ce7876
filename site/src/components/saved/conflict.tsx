import type { QueryError } from '../../lib/api.ts'
import { isConflict } from '../../lib/saved.ts'
import { ErrorNotice } from '../card.tsx'

interface Props {
  error: QueryError | null
  /** Drops what was not saved, and shows what is. */
  onReload(): void
}

/** Why something was not saved; what somebody else saved meanwhile is not overwritten. */
export function NotSaved({ error, onReload }: Props) {
  if (!error) return null
  if (!isConflict(error)) return <ErrorNotice error={error} />
  return (
    <div className="notice notice-warning notice-conflict" role="alert">
      <p>
        Somebody else saved a change meanwhile, so yours was not saved and nothing was overwritten.
      </p>
      <button type="button" onClick={onReload}>
        Drop mine and show theirs
      </button>
    </div>
  )
}

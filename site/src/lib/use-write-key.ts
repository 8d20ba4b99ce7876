import { useEffect, useState } from 'react'
import { httpQueryClient } from './api.ts'
import { DEFAULT_PROJECT } from './connection.ts'
import type { Site } from './site.ts'

interface WriteKeys {
  write_keys: { key: string; revoked_at: string | null }[]
}

/**
 * The newest write key of a project that is not revoked: of the first project as the deployment says, of any
 * other as its members may read. Null until it is known, and where it is not.
 */
export function useWriteKey({ addresses, connection }: Site, project: string): string | null {
  const [key, setKey] = useState<string | null>(null)
  const { session } = connection
  useEffect(() => {
    if (!session) return
    const abort = new AbortController()
    const path = `/api/projects/${encodeURIComponent(project)}/write-keys`
    httpQueryClient(session.auth_url, undefined, session.token)
      .call<WriteKeys>({ method: 'GET', path, signal: abort.signal }, 'write_keys')
      .then(({ write_keys }) => {
        setKey(write_keys.findLast(({ revoked_at }) => revoked_at === null)?.key ?? null)
      })
      // Whoever may not read it is told where it is, as everybody without a session.
      .catch(() => {})
    return () => abort.abort()
  }, [session, project])
  const ofDeployment = project === DEFAULT_PROJECT ? addresses.write_key : null
  return key ?? ofDeployment
}

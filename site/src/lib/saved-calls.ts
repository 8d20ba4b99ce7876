import { useCallback, useState } from 'react'
import { QueryError } from './api.ts'
import { type Live, useLive } from './live.ts'
import { type Paged, usePages } from './pages.ts'
import type { Listed } from './saved.ts'
import type { Site } from './site.ts'

/** What people save changes seldom, and is looked at for long. */
export const SAVED_REFRESH_MS = 10_000

/**
 * What a GET answers, asked again every few seconds and whenever `revision` changes; nothing is asked
 * while the path is null.
 * @param key A field that the answer always has.
 */
export function useSaved<T>(
  site: Site | null,
  path: string | null,
  key: keyof T & string,
  revision = 0,
): Live<T> {
  return useLive(
    site && path ? JSON.stringify([site.connection.url, path, revision]) : null,
    (signal) => {
      // A null key is never asked, so this throw marks a fault of this file.
      if (!site || !path) throw new Error('asked without a path')
      return site.client.call<T>({ method: 'GET', path, signal }, key)
    },
    false,
    SAVED_REFRESH_MS,
  )
}

/** A list of what people saved, page by page; asked again every few seconds while it is one page. */
export function useSavedPages<Item>(
  site: Site | null,
  path: string | null,
  revision = 0,
): Paged<Listed<Item>> {
  return usePages(
    site && path ? JSON.stringify([site.connection.url, path, revision]) : null,
    (after, signal) => {
      // As above.
      if (!site || !path) throw new Error('asked without a path')
      const page = after === undefined ? path : `${path}&${new URLSearchParams({ after })}`
      return site.client.call<Listed<Item>>({ method: 'GET', path: page, signal }, 'items')
    },
    { refreshMs: SAVED_REFRESH_MS },
  )
}

/** Something done once, by a press of a button. */
export interface Action {
  busy: boolean
  /** Why the last try failed. */
  error: QueryError | null
  /** Resolves to whether it was done; a failure is in `error`. */
  run(work: () => Promise<void>): Promise<boolean>
  clear(): void
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<QueryError | null>(null)
  const run = useCallback(async (work: () => Promise<void>) => {
    setBusy(true)
    setError(null)
    try {
      await work()
      return true
    } catch (reason) {
      setError(reason instanceof QueryError ? reason : new QueryError('failed', String(reason)))
      return false
    } finally {
      setBusy(false)
    }
  }, [])
  const clear = useCallback(() => setError(null), [])
  return { busy, error, run, clear }
}

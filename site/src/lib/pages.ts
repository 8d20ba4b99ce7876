import { useCallback, useEffect, useRef, useState } from 'react'
import { type QueryError, toQueryError } from './api.ts'
import { isLasting, type Live, REFUSED_RETRY_MS } from './live.ts'

/** A list that is read page by page, as far as it was read. */
export interface Paged<Page> extends Live<Page[]> {
  /** Reads the next page; null on the last one, and while one is on its way. */
  more: (() => void) | null
  /** Whether a further page is on its way. */
  loadingMore: boolean
  /** Begins again at the first page; what is shown stays until that came. */
  reload(): void
}

interface Options {
  /** Asks the first page again so often, while it is the only one. @default never */
  refreshMs?: number | null
}

const RETRY_MS = 3_000

/**
 * Pages of an answer that names by `next` where the next one begins. `key` names the question: a change
 * begins anew. Null asks nothing. Pages are not asked again behind the reader's back: rows would move.
 */
export function usePages<Page extends { next: string | null }>(
  key: string | null,
  load: (after: string | undefined, signal: AbortSignal) => Promise<Page>,
  { refreshMs = null }: Options = {},
): Paged<Page> {
  const [answer, setAnswer] = useState<Answer<Page> | null>(null)
  const [failure, setFailure] = useState<{ key: string; error: QueryError } | null>(null)
  const [loadingMore, setLoadingMore] = useState(false)
  const [round, setRound] = useState(0)
  const latestLoad = useRef(load)
  latestLoad.current = load
  const pagesAbort = useRef<AbortController | null>(null)
  const isFirstOnly = answer === null || answer.key !== key || answer.pages.length === 1

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round is asked for by reload.
  useEffect(() => {
    if (key === null) return
    const abort = new AbortController()
    pagesAbort.current = abort
    setLoadingMore(false)
    latestLoad.current(undefined, abort.signal).then(
      (page) => {
        if (abort.signal.aborted) return
        setAnswer({ key, pages: [page], loadedAt: Date.now() })
        setFailure(null)
      },
      (error) => !abort.signal.aborted && setFailure({ key, error: toQueryError(error) }),
    )
    return () => abort.abort()
  }, [key, round])

  const hasFailed = failure !== null && failure.key === key
  const isRefused = hasFailed && failure.error.kind === 'refused'
  const retryMs = hasFailed && isLasting(failure.error) ? REFUSED_RETRY_MS : RETRY_MS
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer and each failure waits anew.
  useEffect(() => {
    const waitMs = isRefused ? null : hasFailed ? retryMs : refreshMs
    if (key === null || waitMs === null || !isFirstOnly) return
    const timer = setTimeout(() => whenVisible(() => setRound((last) => last + 1)), waitMs)
    return () => clearTimeout(timer)
  }, [key, refreshMs, isFirstOnly, answer, failure])

  const next = answer?.key === key ? (answer?.pages.at(-1)?.next ?? null) : null
  const more = useCallback(() => {
    const abort = pagesAbort.current
    if (next === null || !abort) return
    setLoadingMore(true)
    latestLoad
      .current(next, abort.signal)
      .then(
        (page) => {
          if (abort.signal.aborted) return
          setAnswer((last) => last && { ...last, pages: [...last.pages, page] })
          setFailure(null)
        },
        (error) =>
          !abort.signal.aborted && setFailure({ key: key ?? '', error: toQueryError(error) }),
      )
      .finally(() => !abort.signal.aborted && setLoadingMore(false))
  }, [key, next])

  return {
    data: answer?.pages ?? null,
    error: hasFailed ? failure.error : null,
    stale: answer !== null && answer.key !== key,
    loadedAt: answer?.loadedAt ?? null,
    more: next === null || loadingMore ? null : more,
    loadingMore,
    reload: useCallback(() => setRound((last) => last + 1), []),
  }
}

interface Answer<Page> {
  key: string
  pages: Page[]
  loadedAt: number
}

// A page in the background asks nothing, and catches up the moment it is looked at.
function whenVisible(act: () => void): void {
  if (document.visibilityState === 'visible') act()
  else document.addEventListener('visibilitychange', act, { once: true })
}

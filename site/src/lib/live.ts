import { useCallback, useEffect, useRef, useState } from 'react'
import { type QueryError, toQueryError } from './api.ts'

/** An answer that keeps itself fresh, and what is known about it. */
export interface Live<T> {
  /** The latest answer; kept while the next is on its way and when the next fails. */
  data: T | null
  error: QueryError | null
  /** The answer shown belongs to an earlier question. */
  stale: boolean
  /** When the latest answer came, ms since 1970. */
  loadedAt: number | null
}

/** One that can be asked again at once, after something was changed. */
export interface Reloadable<T> extends Live<T> {
  reload(): void
}

/** With a second or two on the way to the store, an event is seen within five. */
const REFRESH_MS = 1_800
/** A slow store is asked less often: at most a fifth of the time is spent asking. */
const REST_FACTOR = 4
const RETRY_MS = 3_000
/** What is wrong with the question is wrong again at once; a missing project may be made. */
export const REFUSED_RETRY_MS = 15_000

/**
 * Asks again every few seconds, one request at a time, while the page is visible and not paused.
 * `key` names the question: a change asks at once and drops the answer that was on its way.
 * @param refreshMs Rest between two askings, at least.
 */
export function useLive<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  paused: boolean,
  refreshMs = REFRESH_MS,
): Reloadable<T> {
  const [answer, setAnswer] = useState<Answer<T> | null>(null)
  const [failure, setFailure] = useState<{ key: string; error: QueryError } | null>(null)
  const latestLoad = useRef(load)
  latestLoad.current = load
  const [round, setRound] = useState(0)
  const loaded = useRef<string | null>(null)
  const wanted = `${round} ${key}`

  useEffect(() => {
    if (key === null) return
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined

    const ask = async () => {
      const startedAt = Date.now()
      let waitMs = RETRY_MS
      try {
        const data = await latestLoad.current(abort.signal)
        if (abort.signal.aborted) return
        loaded.current = wanted
        setAnswer({ key, data, loadedAt: Date.now() })
        setFailure(null)
        waitMs = Math.max(refreshMs, (Date.now() - startedAt) * REST_FACTOR)
      } catch (error) {
        if (abort.signal.aborted) return
        const failed = toQueryError(error)
        setFailure({ key, error: failed })
        if (isLasting(failed)) waitMs = REFUSED_RETRY_MS
      }
      if (!paused) timer = setTimeout(askWhenVisible, waitMs)
    }
    // A page in the background asks nothing, and catches up the moment it is looked at.
    const askWhenVisible = () => {
      if (document.visibilityState === 'visible') void ask()
      else document.addEventListener('visibilitychange', askWhenVisible, { once: true })
    }

    if (!paused || loaded.current !== wanted) void ask()
    return () => {
      abort.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', askWhenVisible)
    }
  }, [key, wanted, paused, refreshMs])

  return {
    data: answer?.data ?? null,
    error: failure !== null && failure.key === key ? failure.error : null,
    stale: answer !== null && answer.key !== key,
    loadedAt: answer?.loadedAt ?? null,
    reload: useCallback(() => setRound((last) => last + 1), []),
  }
}

/** Whether it will fail again at once: the question is wrong, or the service has no database to keep things in. */
export const isLasting = ({ kind, code }: QueryError): boolean =>
  kind === 'refused' || code === 'not_configured'

interface Answer<T> {
  key: string
  data: T
  loadedAt: number
}

import { useEffect, useReducer } from 'react'
import { toQueryError } from './api.ts'
import type { StreamMessage } from './event-stream.ts'
import { changeFeed, EMPTY_FEED, type Feed, type FeedChange, retryMs } from './live-feed.ts'
import type { Site } from './site.ts'

const TICK_MS = 1_000
/** A missing project may be made. */
const REFUSED_RETRY_MS = 15_000

/** Listens to a project's events as they arrive, and connects again whenever the connection breaks. */
export function useFeed(site: Site | null, project: string | null): Feed {
  const [feed, change] = useReducer(changeFeed, EMPTY_FEED)
  useEffect(() => {
    if (!site || project === null) return
    const path = `/api/live?${new URLSearchParams({ project })}`
    const abort = new AbortController()
    let failures = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const onMessage = (message: StreamMessage) => {
      failures = 0
      const told = readMessage(message, Date.now())
      if (told) change(told)
    }
    const listen = async () => {
      const onOpen = () => change({ kind: 'opened' })
      const error = await site.client
        .stream(path, { onOpen, onMessage }, abort.signal)
        .then(() => null, toQueryError)
      if (abort.signal.aborted) return
      failures += 1
      change({ kind: 'lost', error })
      const waitMs = error?.kind === 'refused' ? REFUSED_RETRY_MS : retryMs(failures)
      timer = setTimeout(() => void listen(), waitMs)
    }
    void listen()
    const clock = setInterval(() => change({ kind: 'tick', now: Date.now() }), TICK_MS)
    return () => {
      abort.abort()
      clearTimeout(timer)
      clearInterval(clock)
    }
  }, [site, project])
  return feed
}

function readMessage({ event, data }: StreamMessage, now: number): FeedChange | null {
  if (event === 'events') return { kind: 'events', now, message: JSON.parse(data) }
  if (event === 'active') return { kind: 'active', message: JSON.parse(data) }
  return event === 'unavailable' ? { kind: 'away' } : null
}

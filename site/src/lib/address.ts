import { useCallback, useEffect, useState } from 'react'

/** The page's query string as state: `push` adds a step that the back button undoes. */
export function useSearch(): [URLSearchParams, (params: URLSearchParams) => void] {
  const [search, setSearch] = useState(() => window.location.search)

  useEffect(() => {
    const read = () => setSearch(window.location.search)
    window.addEventListener('popstate', read)
    return () => window.removeEventListener('popstate', read)
  }, [])

  const push = useCallback((params: URLSearchParams) => {
    const next = `?${params}`
    if (next === window.location.search) return
    window.history.pushState(null, '', next)
    setSearch(next)
  }, [])

  return [new URLSearchParams(search), push]
}

/**
 * Writes the full question into the address without a step of its own, so that it can be shared as it
 * stands; null leaves the address as it is.
 */
export function useFullAddress(params: URLSearchParams | null): void {
  const next = params && `?${params}`
  useEffect(() => {
    if (next && next !== window.location.search) window.history.replaceState(null, '', next)
  }, [next])
}

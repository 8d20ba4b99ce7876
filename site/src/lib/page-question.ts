import type { EventNames, Freshness } from '@headwater/schemas/insight'
import { useState } from 'react'
import { useFullAddress, useSearch } from './address.ts'
import type { Live } from './live.ts'
import { useEventNames, useFreshness } from './questions.ts'
import { type Site, useSite } from './site.ts'
import type { Defaults, RangeQuestion, ReadState } from './url-reader.ts'

/** The question of a page, where it is asked, and how it is changed. */
export interface PageQuestion<Q> {
  /** Null, like the question, until the addresses of the deployment are known. */
  site: Site | null
  question: Q | null
  /** Parts of the address that were not understood. */
  ignored: string[]
  /** Puts a changed question into the address. */
  ask(change: Partial<Q>): void
  paused: boolean
  setPaused(paused: boolean): void
  names: Live<EventNames>
  freshness: Live<Freshness>
}

/** Keeps a page's question in its address. `write` must be what `read` understands. */
export function usePageQuestion<Q extends { project: string }>(
  read: (params: URLSearchParams, defaults: Defaults) => ReadState<Q>,
  write: (question: Q) => URLSearchParams,
): PageQuestion<Q> {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && read(search, site.defaults)
  const question = state?.question ?? null
  const names = useEventNames(site, question?.project ?? null, paused)
  const freshness = useFreshness(site, question?.project ?? null, paused)
  useFullAddress(question && state?.ignored.length === 0 ? write(question) : null)
  return {
    site,
    question,
    ignored: state?.ignored ?? [],
    ask: (change) => question && push(write({ ...question, ...change })),
    ...{ paused, setPaused, names, freshness },
  }
}

/** What the questions of all pages have in common, as `POST /api/query` takes it. */
export function askedFields({
  project,
  date_from,
  date_to,
  time_zone,
  filters,
  include_bots,
}: Omit<RangeQuestion, 'interval' | 'breakdown'> & { include_bots: boolean }) {
  return {
    ...{ project, date_from, filters, include_bots },
    ...(date_to && { date_to }),
    ...(time_zone && { time_zone }),
  }
}

import type {
  EventNames,
  Freshness,
  FunnelResult,
  PropertyNames,
  TrendResult,
} from '@headwater/schemas/insight'
import type { InsightKind } from '@headwater/schemas/insights/insight'
import { mergeTrends } from '../plots/series.ts'
import type { ApiCall, InsightInputOf, InsightResultOf } from './api.ts'
import { type Live, type Reloadable, useLive } from './live.ts'
import type { Site } from './site.ts'
import { type FunnelQuestion, type TrendQuestion, trendQueries } from './url-state.ts'

// Each question asks again by itself (live.ts); null while there is nothing to ask yet.

export function useTrend(
  site: Site | null,
  question: TrendQuestion | null,
  paused: boolean,
): Live<TrendResult> {
  const { chart: _, ...asked } = question ?? { chart: null }
  return useLive(
    keyOf(site, question && asked),
    async (signal) => {
      const { client, question: current } = bothOf(site, question)
      const answers = trendQueries(current).map((query) => client.trend(query, signal))
      return mergeTrends(await Promise.all(answers))
    },
    paused,
  )
}

/** Any insight; nothing is asked while there is no question. */
export function useInsight<Kind extends InsightKind>(
  site: Site | null,
  question: InsightInputOf<Kind> | null,
  paused: boolean,
): Live<InsightResultOf<Kind>> {
  return useLive(
    keyOf(site, question),
    (signal) => {
      const { client, question: current } = bothOf(site, question)
      return client.insight<Kind>(current, signal)
    },
    paused,
  )
}

/** What another route of the API answers; see QueryClient.call. */
export function useCall<T>(
  site: Site | null,
  call: Omit<ApiCall, 'signal'> | null,
  key: keyof T & string,
  paused: boolean,
): Reloadable<T> {
  return useLive(
    keyOf(site, call),
    (signal) => {
      const { client, question } = bothOf(site, call)
      return client.call<T>({ ...question, signal }, key)
    },
    paused,
  )
}

export function useFunnel(
  site: Site | null,
  question: FunnelQuestion | null,
  paused: boolean,
): Live<FunnelResult> {
  return useLive(
    keyOf(site, question),
    (signal) => {
      const { client, question: current } = bothOf(site, question)
      return client.funnel(current, signal)
    },
    paused,
  )
}

export function useEventNames(
  site: Site | null,
  project: string | null,
  paused: boolean,
): Live<EventNames> {
  return useLive(
    keyOf(site, project),
    (signal) => {
      const { client, question } = bothOf(site, project)
      return client.eventNames(question, signal)
    },
    paused,
  )
}

/** Names of properties for pickers, asked once: they change slowly, and any other can be typed. */
export function usePropertyNames(site: Site | null, project: string | null): Live<PropertyNames> {
  return useLive(
    keyOf(site, project),
    (signal) => {
      const { client, question } = bothOf(site, project)
      return client.properties(question, signal)
    },
    true,
  )
}

export function useFreshness(
  site: Site | null,
  project: string | null,
  paused: boolean,
): Live<Freshness> {
  return useLive(
    keyOf(site, project),
    (signal) => {
      const { client, question } = bothOf(site, project)
      return client.freshness(question, signal)
    },
    paused,
  )
}

function keyOf(site: Site | null, question: unknown): string | null {
  return site && question ? JSON.stringify([site.connection.url, question]) : null
}

// A null key is never asked, so this throw marks a fault of this file.
function bothOf<Q>(site: Site | null, question: Q | null) {
  if (!site || question === null) throw new Error('asked without a question')
  return { client: site.client, question }
}

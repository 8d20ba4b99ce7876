// The overview as one would count it by hand: slow, obvious, and used by tests only.
import type { WebList } from '@headwater/schemas/insights/web-overview'
import { compareText } from '../../shared/compare-text.ts'
import { sessionByHand } from '../sessions/session-reference.ts'

export interface Visit {
  event: string
  visitor: string
  /** '' for none. */
  session: string
  /** ms since 1970. */
  at: number
  sequence: number
  /** What a list shows, by column of the store. */
  facts: Record<string, string>
}

export interface Asked {
  from: number
  to: number
  /** Starts of the buckets. */
  starts: readonly number[]
  /** Whether the filters choose it. */
  chooses(visit: Visit): boolean
}

export function overviewByHand(visits: readonly Visit[], asked: Asked) {
  const views = visits.filter(
    (visit) => visit.event === '$pageview' && inRange(visit, asked) && asked.chooses(visit),
  )
  const sessions = sessionsByHand(visits, views)
  const over = (sum: number) => (sessions.length === 0 ? null : sum / sessions.length)
  return {
    visitors: distinct(views.map(({ visitor }) => visitor)),
    page_views: views.length,
    sessions: sessions.length,
    bounce_rate: over(sessions.filter(({ bounced }) => bounced).length),
    session_duration: over(sum(sessions.map(({ seconds }) => seconds))),
    views_per_session: over(sum(sessions.map((session) => session.views))),
    series: {
      visitors: perBucket(views, asked, (some) => distinct(some.map(({ visitor }) => visitor))),
      sessions: perBucket(views, asked, (some) =>
        distinct(some.map(({ session }) => session).filter(Boolean)),
      ),
      page_views: perBucket(views, asked, (some) => some.length),
    },
    list: (list: WebList, limit: number) =>
      (list in OF_VIEWS ? viewRows(views, OF_VIEWS[list] ?? '') : sessionRows(sessions, list))
        .sort((a, b) => b.visitors - a.visitors || compareText(a.value ?? '', b.value ?? ''))
        .slice(0, limit),
    visitorsOf: (list: WebList, value: string | null) =>
      list in OF_VIEWS
        ? unique(views.filter((v) => (v.facts[OF_VIEWS[list] ?? ''] || null) === value).map(who))
        : unique(sessions.filter((s) => s.value(list) === value).map(who)),
    bouncedVisitors: unique(sessions.filter(({ bounced }) => bounced).map(who)),
  }
}

const OF_VIEWS: Partial<Record<WebList, string>> = {
  page: 'pathname',
  country: 'country',
  browser: 'browser',
  os: 'os',
  device: 'device_type',
}

type Session = ReturnType<typeof sessionsByHand>[number]

function sessionsByHand(visits: readonly Visit[], chosen: readonly Visit[]) {
  const ids = unique(chosen.map(({ session }) => session).filter(Boolean))
  return ids.map((id) => {
    const all = visits.filter(({ session }) => session === id)
    const { first, last, seconds, bounced } = sessionByHand(all)
    return {
      visitor: first?.visitor ?? '',
      views: chosen.filter(({ session }) => session === id).length,
      seconds,
      bounced,
      value(list: WebList): string | null {
        const facts = (list === 'exit_page' ? last : first)?.facts ?? {}
        if (list === 'entry_page' || list === 'exit_page') return facts.pathname || null
        if (list === 'source') return facts.utm_source || facts.referring_domain || null
        return facts[list === 'referrer' ? 'referring_domain' : list] || null
      },
    }
  })
}

function viewRows(views: readonly Visit[], column: string) {
  return groups(views, (view) => view.facts[column] || null).map(({ value, of }) => ({
    value,
    visitors: distinct(of.map(who)),
    page_views: of.length,
    sessions: null as number | null,
    bounce_rate: null as number | null,
    session_duration: null as number | null,
  }))
}

function sessionRows(sessions: readonly Session[], list: WebList) {
  return groups(sessions, (session) => session.value(list)).map(({ value, of }) => ({
    value,
    visitors: distinct(of.map(who)),
    page_views: sum(of.map(({ views }) => views)),
    sessions: of.length as number | null,
    bounce_rate: (of.filter(({ bounced }) => bounced).length / of.length) as number | null,
    session_duration: (sum(of.map(({ seconds }) => seconds)) / of.length) as number | null,
  }))
}

function perBucket(
  views: readonly Visit[],
  { starts, to }: Asked,
  count: (views: readonly Visit[]) => number,
): number[] {
  return starts.map((start, place) => {
    const end = starts[place + 1] ?? to
    return count(views.filter(({ at }) => at >= start && at < end))
  })
}

function groups<T>(items: readonly T[], by: (item: T) => string | null) {
  return unique(items.map(by)).map((value) => ({
    value,
    of: items.filter((item) => by(item) === value),
  }))
}

const inRange = ({ at }: Visit, { from, to }: Asked) => at >= from && at < to
const who = ({ visitor }: { visitor: string }) => visitor
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]
const distinct = (values: readonly unknown[]): number => new Set(values).size
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

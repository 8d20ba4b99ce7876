import type { AlertBody, SubscriptionBody } from '@headwater/schemas/insights/alert'
import type { DashboardBody } from '@headwater/schemas/insights/dashboard'
import type { AskedInsight, InsightQuery } from '@headwater/schemas/insights/insight'
import type { InsightBody } from '@headwater/schemas/insights/saved'
import type { FreshnessReading } from '../consumer/freshness.ts'
import { insightsOf } from '../query/saved/saved-dashboard.ts'
import type { Item, SavedReader } from '../query/saved/saved-store.ts'
import { settle } from '../query/settle.ts'
import type { Look, NewDelivery, Watched } from './alert-store.ts'
import type { AskAsOf } from './ask.ts'
import { messagesTo } from './channels.ts'
import { judge, NEXT, needsPrevious, numberAt } from './judge.ts'
import type { Table } from './letter.ts'
import { alertLetter, answerTable, reportLetter } from './letters.ts'
import { checkAlertOn } from './saved-alert.ts'
import { type Interval, newestInterval, type Schedule } from './schedule.ts'

export interface LookDeps {
  saved: SavedReader
  ask: AskAsOf
  /** An id that no message had before. */
  newMessageId(): string
}

/** What was seen, and what is to be told of it. */
export interface Seen {
  look: Look
  messages: NewDelivery[]
}

/** The results of a report are left out when they are larger together, bytes. */
const MAX_REPORT_BYTES = 512 * 1024

/**
 * Looks at the newest complete interval. Null when there is none that was not looked at, or nobody wants
 * to know. Writes nothing.
 */
export async function lookAt(
  watched: Watched,
  now: number,
  freshness: FreshnessReading,
  deps: LookDeps,
): Promise<Seen | null> {
  const { item, watch } = watched
  const { enabled } = item.body as AlertBody | SubscriptionBody
  if (!enabled || (watch.snoozed_until ?? 0) > now) return null
  const isAlert = item.kind === 'alert'
  const insight = isAlert ? await insightOf(item, deps.saved) : null
  if (isAlert && !insight) return null
  const schedule = await scheduleOf(item, insight, deps.saved)
  const interval = newestInterval(schedule, now, freshness.complete_until)
  // Of intervals that were missed the newest counts: nobody is helped by the state of last week.
  if (!interval || interval.to <= (watch.interval_end ?? Number.NEGATIVE_INFINITY)) return null
  return insight
    ? lookAtAlert(watched, { ...insight, interval, now, freshness }, deps)
    : report(item, { interval, now, freshness, time_zone: schedule.time_zone }, deps)
}

/** What an alert watches, its question settled. */
interface Watching {
  insight: Item
  query: InsightQuery
}

interface Moment {
  interval: Interval
  now: number
  freshness: FreshnessReading
}

async function lookAtAlert(
  { item, watch }: Watched,
  { insight, query, interval, now, freshness }: Watching & Moment,
  { ask, newMessageId }: LookDeps,
): Promise<Seen> {
  const { name, condition, every, value: path, channels } = item.body as AlertBody
  // The insight may have become another since the alert was saved.
  await checkAlertOn(query, { every, value: path }, now)
  const answerAt = (end: number) => ask(query, end - 1, freshness)
  const answer = await answerAt(interval.to)
  const value = numberAt(answer, path)
  const before = needsPrevious(condition) ? await answerAt(interval.from) : null
  const previous = before && numberAt(before, path)
  const { state, tell } = NEXT[watch.state][judge(condition, value, previous)]
  const since = state === watch.state ? watch.since : interval.to
  const look = { state, since, value, previous, interval_end: interval.to }
  if (!tell) return { look, messages: [] }
  const { project } = item
  const { name: insightName } = insight.body as InsightBody
  const numbers = { condition, value, previous }
  const contents = {
    webhook: () => ({
      type: `alert.${tell}`,
      timestamp: iso(now),
      data: {
        project,
        alert: named(item, name),
        insight: named(insight, insightName),
        state,
        ...numbers,
        interval: { from: iso(interval.from), to: iso(interval.to) },
      },
    }),
    email: () =>
      alertLetter({
        ...{ project, name, now, interval, time_zone: query.time_zone },
        completeUntil: freshness.complete_until,
        ...{ tell, insight: insightName, query, answer, path, ...numbers },
      }),
  }
  return { look, messages: messagesTo(channels, tell, contents, newMessageId) }
}

async function report(
  item: Item,
  { interval, now, freshness, time_zone }: Moment & { time_zone: string },
  { saved, ask, newMessageId }: LookDeps,
): Promise<Seen> {
  const { name, of, channels } = item.body as SubscriptionBody
  const subject = await subjectOf(item.project, of, saved)
  const results: object[] = []
  const isMailed = channels.some(({ type }) => type === 'email')
  const tables: Table[] = []
  let bytes = 0
  for (const insight of subject?.insights ?? []) {
    const { id, key } = insight
    const query = await settle(insight.query, saved)
    const result = await ask(query, interval.to - 1, freshness)
    // At once: of a large answer only its first rows are kept.
    if (isMailed) tables.push(answerTable(insight.name, query, result))
    bytes += JSON.stringify(result).length
    const told = bytes > MAX_REPORT_BYTES ? { result: null, too_big: true } : { result }
    results.push({ insight: { id, key, name: insight.name }, ...told })
  }
  const { project } = item
  const contents = {
    webhook: () => ({
      type: 'report',
      timestamp: iso(now),
      data: {
        project,
        subscription: named(item, name),
        ...subject?.named,
        interval: { from: iso(interval.from), to: iso(interval.to) },
        results,
      },
    }),
    email: () =>
      reportLetter({
        ...{ project, name, now, interval, time_zone },
        completeUntil: freshness.complete_until,
        subject: subject?.name ?? null,
        answers: tables,
      }),
  }
  return {
    look: { state: 'ok', since: null, value: null, previous: null, interval_end: interval.to },
    messages: messagesTo(channels, 'report', contents, newMessageId),
  }
}

interface Subject {
  name: string
  named: object
  insights: { id: string; key: string; name: string; query: AskedInsight }[]
}

async function subjectOf(
  project: string,
  of: SubscriptionBody['of'],
  saved: SavedReader,
): Promise<Subject | null> {
  if ('dashboard' in of) {
    const [dashboard] = await saved.findLive(project, 'dashboard', [of.dashboard])
    if (!dashboard) return null
    const { name } = dashboard.body as DashboardBody
    const insights = await insightsOf(dashboard, saved)
    return { name, named: { dashboard: named(dashboard, name) }, insights }
  }
  const [insight] = await saved.findLive(project, 'insight', [of.insight])
  if (!insight) return null
  const { name, query } = insight.body as InsightBody
  const { id, key } = insight
  return { name, named: { insight: named(insight, name) }, insights: [{ id, key, name, query }] }
}

async function insightOf(alert: Item, saved: SavedReader): Promise<Watching | null> {
  const { insight: id } = alert.body as AlertBody
  const [insight] = await saved.findLive(alert.project, 'insight', [id])
  if (!insight) return null
  return { insight, query: await settle((insight.body as InsightBody).query, saved) }
}

// An alert's intervals are its insight's own: in its time zone, and with its first day of the week.
async function scheduleOf(
  item: Item,
  watching: Watching | null,
  saved: SavedReader,
): Promise<Schedule> {
  const { every, delay_minutes } = item.body as AlertBody
  const { time_zone, week_start } = watching?.query ?? (await calendarOf(item, saved))
  return { every, delay_minutes, time_zone, week_start }
}

function calendarOf({ project, body }: Item, saved: SavedReader) {
  const { time_zone, week_start } = body as SubscriptionBody
  return settle({ project, time_zone, week_start, filters: [] }, saved)
}

const named = ({ id, key }: Item, name: string) => ({ id, key, name })
const iso = (ms: number): string => new Date(ms).toISOString()

import type { AlertBody, Condition } from '@headwater/schemas/insights/alert'
import type { InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import { inCell, inWords, localTime, NO_UNIT, type Unit } from './amount.ts'
import { type Letter, type Sheet, type Table, writeLetter } from './letter.ts'
import { tableOf } from './report-tables.ts'
import type { Interval } from './schedule.ts'
import { unitAt } from './unit-at.ts'

/** Of a report; it is kept once for each address until it is sent. */
const MAX_ANSWERS = 20

/** What every letter is about. */
export interface Occasion {
  project: string
  /** Of the alert or the subscription. */
  name: string
  /** ms since 1970. */
  now: number
}

export interface Timing {
  interval: Interval
  time_zone: string
  /** Everything received before is in the numbers, ms; null while nothing was. */
  completeUntil: number | null
}

export interface AlertNews extends Occasion, Timing {
  tell: 'firing' | 'resolved'
  insight: string
  query: InsightQuery
  answer: InsightResult
  /** Where its number is. */
  path: AlertBody['value']
  condition: Condition
  value: number | null
  previous: number | null
}

/** What an alert tells. */
export function alertLetter(news: AlertNews): Letter {
  const { name, tell, query, answer, path, condition } = news
  const unit = unitAt(query, answer, path)
  const [value, previous] = [inWords(news.value, unit), inWords(news.previous, unit)]
  const isChange = condition.type === 'increase' || condition.type === 'decrease'
  return letter(news, {
    subject: `${tell === 'firing' ? 'Firing' : 'Resolved'}: ${name}, ${value}`,
    title: `${name} is ${tell}: ${value}`,
    facts: [
      ['Condition', inSentence(condition, unit)],
      ['Value', value],
      ...(isChange ? [['Interval before', previous] satisfies [string, string]] : []),
      ['Insight', `${news.insight} (${path})`],
      ...timesOf(news),
    ],
    tables: [],
  })
}

export interface ReportNews extends Occasion, Timing {
  /** Of the dashboard, or of the one insight; null when it is gone. */
  subject: string | null
  answers: Table[]
}

/** What a subscription sends. */
export function reportLetter(news: ReportNews): Letter {
  const { name, interval, time_zone } = news
  const answers = news.answers.slice(0, MAX_ANSWERS)
  const more = news.answers.length - answers.length
  const end = localTime(interval.to, time_zone)
  return letter(news, {
    subject: `Report: ${name}, until ${end} ${time_zone}`,
    title: `${name}, until ${end} ${time_zone}`,
    facts: [
      ['Of', news.subject ?? 'what it was of is gone'],
      ...timesOf(news),
      ...(more > 0 ? [['Left out', `${more} more insights`] satisfies [string, string]] : []),
    ],
    tables: answers,
  })
}

/** Shows that mail arrives. */
export function testLetter(occasion: Occasion, kind: string): Letter {
  const title = `A test of the ${kind} ${occasion.name}: nothing has happened`
  const subject = `Test: ${occasion.name}`
  return letter(occasion, { subject, title, facts: [], tables: [] })
}

/** One answer of a report. */
export function answerTable(name: string, query: InsightQuery, answer: InsightResult): Table {
  const { time_zone } = query
  const until = answer.complete_until
  const notes = [`Times are those of ${time_zone}.`]
  if (until) notes.push(`Complete until ${localTime(Date.parse(until), time_zone)} (${time_zone}).`)
  return { title: name, notes, ...tableOf(query, answer) }
}

function letter({ project, now }: Occasion, sheet: Sheet): Letter {
  const facts: Sheet['facts'] = [...sheet.facts, ['Project', project]]
  return writeLetter({ ...sheet, facts }, new Date(now).toISOString())
}

function timesOf({ interval, time_zone, completeUntil }: Timing): Sheet['facts'] {
  const [from, to] = [interval.from, interval.to].map((time) => localTime(time, time_zone))
  const until =
    completeUntil === null
      ? 'nothing was received yet'
      : `${localTime(completeUntil, time_zone)} (${time_zone}): every event received before is in the numbers`
  return [
    ['Interval', `${from} to ${to} (${time_zone})`],
    ['Complete until', until],
  ]
}

function inSentence(condition: Condition, unit: Unit): string {
  switch (condition.type) {
    case 'above':
    case 'below':
      return `${condition.type} ${inWords(condition.threshold, unit)}`
    case 'increase':
    case 'decrease':
      return `${condition.type} by at least ${changeInWords(condition, unit)} since the interval before`
  }
}

type Change = Extract<Condition, { by: number }>

// Of a share, 5 % more is something else than 5 percentage points more.
function changeInWords({ by, unit: of }: Change, unit: Unit): string {
  if (of === 'percent') return inWords(by / 100, { kind: 'percent' })
  return unit.kind === 'percent'
    ? `${inCell(by * 100, NO_UNIT)} percentage points`
    : inWords(by, unit)
}

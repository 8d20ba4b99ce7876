import type { AddressReader } from './url-reader.ts'
import { isName, wholeNumber } from './url-reader.ts'

/** What is looked for that goes with converting, besides the funnel itself. */
export interface CorrelationQuestion {
  /** Properties of the event of entry; null for the events between entry and conversion. */
  correlate: string[] | null
  /** Events that are left out. */
  except: string[]
  /** What fewer share is left out. */
  min_actors: number
}

/** As the contract has it. */
export const MAX_CORRELATED = 20
const LIMIT = 20
const MIN_ACTORS = 10

/** Looked at first: properties that the server writes of every event. */
export const FIRST_CORRELATED = ['$browser', '$os', '$device_type', '$country', '$channel']

export function readCorrelation(read: AddressReader): CorrelationQuestion {
  const properties = read.all('correlate', isName, [], MAX_CORRELATED)
  return {
    correlate: properties.length > 0 ? properties : null,
    except: read.all('except', isName, [], MAX_CORRELATED),
    min_actors: read.one('min_actors', wholeNumber, MIN_ACTORS),
  }
}

export function correlationParams(question: CorrelationQuestion): [string, string][] {
  const { correlate, except, min_actors } = question
  return [
    ...(correlate ?? []).map((name): [string, string] => ['correlate', name]),
    ...except.map((name): [string, string] => ['except', name]),
    ...(min_actors === MIN_ACTORS ? [] : [['min_actors', String(min_actors)] as [string, string]]),
  ]
}

/** As `POST /api/query` takes it. */
export const correlationFields = ({ correlate, except, min_actors }: CorrelationQuestion) => ({
  correlate: correlate
    ? { properties: correlate.map((property) => ({ property })) }
    : { events: { except } },
  ...{ min_actors, limit: LIMIT },
})

import type { Json, JsonObject } from '@headwater/schemas/event'
import { nameUuid } from '../name-uuid.ts'
import { textOf } from '../said.ts'
import type { Mapped } from '../source.ts'
import { timeOf } from '../time-of.ts'

type Get = (name: string) => unknown

/** It stays in memory until its event comes. More is an export for several runs. */
const MAX_VALUES = 2_000_000
const [NUMBER, BOOLEAN, ARRAY] = ['2', '3', '5']

/** The table event_data: values that belong to events which come later in the same zip. */
export class EventData {
  readonly #byEvent = new Map<string, [name: string, value: Json][]>()
  #values = 0

  keep(get: Get): Mapped {
    const [id, name] = [textOf(get('event_id')), textOf(get('data_key'))]
    if (this.#values >= MAX_VALUES) {
      throw new Error(`more than ${MAX_VALUES} values of event_data: export shorter ranges`)
    }
    const values = this.#byEvent.get(id)
    if (values) values.push([name, valueOfData(get)])
    else this.#byEvent.set(id, [[name, valueOfData(get)]])
    this.#values++
    return { skipped: 'rows of event_data, which became properties of their events' }
  }

  /** The properties of an event, forgotten with it. */
  take(id: string): JsonObject {
    const values = this.#byEvent.get(id)
    if (!values) return {}
    this.#byEvent.delete(id)
    this.#values -= values.length
    return Object.fromEntries(values)
  }
}

/** A row of session_data: one thing that the site said of a visitor. */
export function sessionData(get: Get, timeZone: string): Mapped {
  const [session, name] = [textOf(get('session_id')), textOf(get('data_key'))]
  const created = textOf(get('created_at'))
  return {
    event: {
      uuid: nameUuid('umami', 'session_data', session, name, created),
      event: '$set',
      distinct_id: textOf(get('distinct_id')) || session,
      timestamp: timeOf(created, timeZone),
      properties: {},
      $set: { [name]: valueOfData(get) },
    },
  }
}

function valueOfData(get: Get): Json {
  const [type, text] = [textOf(get('data_type')), textOf(get('string_value'))]
  const number = Number(textOf(get('number_value')))
  if (type === NUMBER && Number.isFinite(number)) return number
  if (type === BOOLEAN) return text === 'true'
  if (type === ARRAY) return listOf(text)
  return text || textOf(get('date_value'))
}

function listOf(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

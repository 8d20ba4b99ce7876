import { expect, it } from 'vitest'
import { type QueryOptions, type QueryStore, StoreError } from '../store/store.ts'
import { testClient } from './test-api.ts'

const QUESTION = {
  kind: 'stickiness',
  project: 'default',
  series: [{ event: 'a' }, { event: 'b' }],
}

/** A store whose queries do what the test says. */
const storeThat = (query: (options: QueryOptions) => Promise<unknown[]>): QueryStore => ({
  query: (_, options = {}) => query(options) as Promise<never[]>,
  dataVersion: async () => '1',
})

async function stream(store: QueryStore, question: object = QUESTION) {
  const response = await testClient({ store }).fetch('/api/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(question),
  })
  const text = await response.text()
  const events = text.split('\n\n').flatMap((block) => {
    const event = /^event: (.*)$/m.exec(block)?.[1]
    return event ? [[event, JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '')]] : []
  })
  return { response, text, events }
}

it('streams how far all statements are together, then the answer', async () => {
  let asked = 0
  const store = storeThat(async ({ onProgress }) => {
    const rowsToRead = ++asked === 1 ? 100 : 200
    onProgress?.({ rowsRead: 50, rowsToRead })
    return []
  })
  const { response, events } = await stream(store)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(events).toEqual([
    ['progress', { rows_read: 50, rows_to_read: 200 }],
    ['progress', { rows_read: 100, rows_to_read: 300 }],
    ['progress', { rows_read: 300, rows_to_read: 300 }],
    ['result', expect.objectContaining({ kind: 'stickiness', intervals: 8 })],
  ])
})

it('streams how far it is with what has to be known first, too', async () => {
  let asked = 0
  const store = storeThat(async ({ onProgress }) => {
    onProgress?.({ rowsRead: 60, rowsToRead: 100 })
    return ++asked === 1 ? [{ labels: ['Firefox'] }] : []
  })
  const { events } = await stream(store, { ...QUESTION, breakdowns: [{ property: '$browser' }] })
  expect(events).toEqual([
    ['progress', { rows_read: 60, rows_to_read: 200 }],
    ['progress', { rows_read: 160, rows_to_read: 300 }],
    ['progress', { rows_read: 220, rows_to_read: 300 }],
    ['progress', { rows_read: 300, rows_to_read: 300 }],
    ['result', expect.objectContaining({ kind: 'stickiness' })],
  ])
})

it('ends with an error that says what a plain answer would, and nothing of the store', async () => {
  const store = storeThat(() => Promise.reject(new StoreError('too_heavy', 'DB::Exception: limit')))
  const { events, text } = await stream(store)
  expect(events).toEqual([
    ['error', { error: expect.objectContaining({ code: 'query_too_heavy' }) }],
  ])
  expect(text).not.toContain('DB::Exception')
})

it('refuses a question that is not valid before it streams anything', async () => {
  const { response, text } = await stream(
    storeThat(async () => []),
    { ...QUESTION, date_from: 'x' },
  )
  expect(response.status).toBe(400)
  expect(JSON.parse(text).error.field).toBe('date_from')
})

it('refuses what only the last of several rounds would name before it asks anything', async () => {
  let asked = 0
  const store = storeThat(async () => {
    asked++
    return []
  })
  const { response, text } = await stream(store, {
    kind: 'trends',
    project: 'default',
    series: [{ event: 'a', measure: 'sum', measure_property: { property: ':`Int64`' } }],
    breakdowns: [{ property: '$browser' }],
  })
  expect([response.status, asked]).toEqual([400, 0])
  expect(JSON.parse(text).error.field).toBe('series.0.measure_property.property')
})

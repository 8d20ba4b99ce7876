import { expect, it } from 'vitest'
import { QueryError } from './api.ts'
import { isLasting } from './live.ts'

it.each([
  [new QueryError('refused', 'date_from is not a date', 'date_from', 'invalid_query'), true],
  [new QueryError('failed', 'this service keeps nothing', null, 'not_configured'), true],
  [new QueryError('failed', 'the database is away', null, 'metadata_unavailable'), false],
  [new QueryError('unreachable', 'no answer'), false],
])('asks seldom again what will be refused again: %s', (error, lasting) => {
  expect(isLasting(error)).toBe(lasting)
})

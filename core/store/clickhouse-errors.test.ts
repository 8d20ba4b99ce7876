import { describe, expect, it } from 'vitest'
import { storeErrorOf } from './clickhouse-errors.ts'
import { StoreError } from './store.ts'

const withCode = (code: string, message = 'words') => Object.assign(new Error(message), { code })

describe('an error of ClickHouse', () => {
  it.each([
    ['the number in chDB’s message', new Error('Code: 117. DB::Exception: words')],
    ['the code of the server’s client', withCode('117')],
  ])('is known by %s', (_, error) => {
    expect(storeErrorOf(error, 'insert').kind).toBe('refused')
  })

  it.each([
    ['UNKNOWN_TABLE', '60', 'refused', 'unavailable'],
    ['MEMORY_LIMIT_EXCEEDED', '241', 'too_heavy', 'unavailable'],
    ['CANNOT_PARSE_TEXT', '6', 'refused', 'refused'],
    ['TOO_FEW_LIVE_REPLICAS', '285', 'unavailable', 'unavailable'],
    ['a broken connection', 'ECONNRESET', 'unavailable', 'unavailable'],
  ])('%s (%s) makes a query %s, an insert %s', (_, code, query, insert) => {
    expect(storeErrorOf(withCode(code), 'query').kind).toBe(query)
    expect(storeErrorOf(withCode(code), 'insert').kind).toBe(insert)
  })

  it('keeps its words, or its code when it has none, and where it came from', () => {
    const refused = withCode('ECONNREFUSED', '')
    expect(storeErrorOf(refused, 'query')).toMatchObject({
      message: 'ECONNREFUSED',
      cause: refused,
    })
    const already = new StoreError('too_heavy', 'words')
    expect(storeErrorOf(already, 'query')).toBe(already)
  })
})

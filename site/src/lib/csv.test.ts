import { describe, expect, it } from 'vitest'
import { toCsv } from './csv.ts'

describe('a table as CSV', () => {
  it('has a head and lines that end in CRLF', () => {
    expect(toCsv(['day', 'n'], [['2026-06-01', 3]])).toBe('"day","n"\r\n"2026-06-01",3\r\n')
  })

  it.each([
    [null, ''],
    [true, 'true'],
    [-1.5, '-1.5'],
    ['-18446744073709551615', '"-18446744073709551615"'],
    ['say "no", please\n', '"say ""no"", please\n"'],
    [['a', 1], '"[""a"",1]"'],
    ['=1+1', '"\'=1+1"'],
    ['@cmd', '"\'@cmd"'],
    ['-2+3', '"\'-2+3"'],
  ])('writes %j as %s', (value, written) => {
    expect(toCsv([], [[value]])).toBe(`\r\n${written}\r\n`)
  })
})

import { expect, it } from 'vitest'
import { withLiterals } from './literals.ts'

const literal = (type: string, value: unknown) =>
  withLiterals({ text: `{p0:${type}}`, params: { p0: value } })

it('lets no text end its quotes', () => {
  expect(literal('String', `a' OR 1=1 -- \\ \n é`)).toBe(
    String.raw`'a\x27 OR 1\x3d1 -- \x5c \x0a \xc3\xa9'`,
  )
  expect(literal('Identifier', 'a`b{x:String}')).toBe('`a\\x60b\\x7bx:String\\x7d`')
})

it('writes a value of a placeholder once, whatever is in it', () => {
  const params = { p0: '{p1:String}', p1: 'secret' }
  expect(withLiterals({ text: '{p0:String}', params })).toBe(String.raw`'\x7bp1:String\x7d'`)
})

it('writes numbers and lists with their types', () => {
  expect(literal('Int64', -5)).toBe("toInt64('-5')")
  expect(literal('UInt64', '18446744073709551615')).toBe("toUInt64('18446744073709551615')")
  expect(literal('Array(String)', ["it's"])).toBe(String.raw`CAST(['it\x27s'], 'Array(String)')`)
  expect(literal('Array(Float64)', '[1,2.5]')).toBe(
    "CAST([toFloat64('1'),toFloat64('2.5')], 'Array(Float64)')",
  )
  expect(literal('Array(UInt64)', '[]')).toBe("CAST([], 'Array(UInt64)')")
})

it('refuses what it does not know, rather than to guess', () => {
  expect(() => literal('Map(String)', {})).toThrow('does not know')
  expect(() => literal('Array(String)', 5)).toThrow('no list')
  expect(() => withLiterals({ text: '{p1:String}', params: { p0: 1 } })).toThrow('no value')
})

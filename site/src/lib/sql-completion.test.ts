import type { SqlSchema } from '@headwater/schemas/insights/sql'
import { describe, expect, it } from 'vitest'
import {
  completed,
  completionsFor,
  completionsOf,
  propertyColumn,
  typedAt,
} from './sql-completion.ts'

const SCHEMA: SqlSchema = {
  tables: [
    {
      name: 'events',
      columns: [
        { name: 'event', type: 'String', description: '' },
        { name: 'person_id', type: 'UInt64', description: '' },
      ],
    },
  ],
  functions: ['count', 'uniqExact'],
  keywords: ['SELECT', 'FROM'],
  limits: { rows: 10_000, seconds: 20, memory_bytes: 1 },
}
const ALL = completionsOf(SCHEMA, ['plan', 'a.b'])
const texts = (word: string) => completionsFor(word, ALL).map(({ text }) => text)
/** The caret is where the bar stands. */
const typed = (text: string) => typedAt(text.replace('|', ''), text.indexOf('|'))

describe('the word before the caret', () => {
  it.each([
    ['SELECT ev|', { word: 'ev', start: 7 }],
    ['SELECT count(per|)', { word: 'per', start: 13 }],
    ['SELECT properties.pl|', { word: 'properties.pl', start: 7 }],
    ['SELECT |', null],
    ['SELECT 12|', null],
    ['SELECT ev|ent', null],
    ["SELECT 'ev|", null],
    ["SELECT 'it\\'s ev|", null],
    ["SELECT 'a', ev|", { word: 'ev', start: 12 }],
    ['SELECT `a ev|', null],
    ['-- ev|', null],
    ['-- a\nev|', { word: 'ev', start: 5 }],
  ])('%s', (text, expected) => {
    expect(typed(text)).toEqual(expected)
  })
})

describe('completions', () => {
  it('begin as the word does, columns first, in any case', () => {
    expect(texts('EV')).toEqual(['event', 'events'])
    expect(texts('uniq')).toEqual(['uniqExact('])
    expect(texts('properties.')).toEqual(['properties.plan', 'properties.`a.b`'])
  })

  it('hold the word where it is long enough to say something', () => {
    expect(texts('son_')).toEqual(['person_id'])
    expect(texts('on')).toEqual([])
  })

  it('leave out what stands there already', () => {
    expect(texts('events')).toEqual([])
  })

  it('take the place of the word, and nothing else', () => {
    const word = typed('SELECT ev| FROM events')
    expect(word && completed('SELECT ev FROM events', word, { text: 'event', kind: '' })).toEqual({
      sql: 'SELECT event FROM events',
      caret: 12,
    })
  })
})

describe('a property', () => {
  it('is quoted where its name is no path', () => {
    expect(propertyColumn('plan')).toBe('properties.plan')
    expect(propertyColumn('$price')).toBe('properties.`$price`')
  })
})

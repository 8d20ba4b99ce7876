import { describe, expect, it } from 'vitest'
import { readSql, writeSql } from './sql-question.ts'

const DEFAULTS = { project: 'default' }

describe('a statement in an address', () => {
  it('is read as it was written', () => {
    const question = { project: 'shop', sql: "SELECT 'a&b'\nFROM events -- é", limit: 100 }
    const read = readSql(new URLSearchParams(writeSql(question).toString()), DEFAULTS)
    expect(read).toEqual({ question, ignored: [] })
  })

  it('is none at first', () => {
    expect(readSql(new URLSearchParams(), DEFAULTS).question).toEqual({
      ...{ project: 'default', sql: '', limit: 1_000 },
    })
  })

  it.each(['limit=7', `sql=${'x'.repeat(20_001)}`])(
    'is named when it is not understood',
    (text) => {
      expect(readSql(new URLSearchParams(text), DEFAULTS).ignored).toHaveLength(1)
    },
  )
})

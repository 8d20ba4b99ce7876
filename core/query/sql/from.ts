import { projectTable } from './columns.ts'
import { readExpression } from './expression.ts'
import { quoteName, type Reading, TABLE } from './reading.ts'
import { readQuery } from './select.ts'

const JOIN_WORDS = [
  'global',
  'any',
  'all',
  'asof',
  'semi',
  'anti',
  'inner',
  'left',
  'right',
  'full',
  'outer',
  'cross',
]

/** What follows FROM: tables, and how they are joined. */
export function readFrom(reading: Reading): string {
  const { cursor } = reading
  let sql = readTable(reading)
  for (;;) {
    if (cursor.takeSymbol(',')) sql += `, ${readTable(reading)}`
    else {
      const join = readJoin(reading)
      if (join === '') return sql
      sql += join
    }
  }
}

function readJoin(reading: Reading): string {
  const { cursor } = reading
  const words: string[] = []
  while (JOIN_WORDS.some((word) => cursor.isWord(word)))
    words.push(cursor.next().text.toUpperCase())
  const kind = words.map((word) => `${word} `).join('')
  if (cursor.takeWord('array', 'join')) {
    return ` ${kind}ARRAY JOIN ${cursor.list(() => readArray(reading)).join(', ')}`
  }
  if (words.length === 0 && !cursor.isWord('join')) return ''
  cursor.expectWord('join')
  const table = readTable(reading)
  if (cursor.takeWord('on')) return ` ${kind}JOIN ${table} ON ${readExpression(reading)}`
  if (!cursor.takeWord('using')) return ` ${kind}JOIN ${table}`
  cursor.expectSymbol('(')
  const names = cursor.list(() => quoteName(cursor.expectName()))
  cursor.expectSymbol(')')
  return ` ${kind}JOIN ${table} USING (${names.join(', ')})`
}

function readArray(reading: Reading): string {
  const { cursor } = reading
  const array = readExpression(reading)
  if (!cursor.takeWord('as')) return array
  return `${array} AS ${reading.addAlias(cursor.expectName())}`
}

function readTable(reading: Reading): string {
  const { cursor } = reading
  if (cursor.takeSymbol('(')) {
    const query = readQuery(reading)
    cursor.expectSymbol(')')
    const alias = readTableAlias(reading, '')
    return alias === '' ? `(${query})` : `(${query}) AS ${quoteName(alias)}`
  }
  const name = cursor.expectName()
  if (cursor.isSymbol('(')) throw cursor.refuse('cannot call a table function')
  if (cursor.isSymbol('.')) throw cursor.refuse(`can read the table ${TABLE} only`)
  const known = reading.cte(name) ?? (name === TABLE ? projectTable(reading.statement) : null)
  if (known === null)
    throw cursor.refuse(`can read the table ${TABLE} and its own named queries only`)
  return `${known} AS ${quoteName(readTableAlias(reading, name))}`
}

function readTableAlias({ cursor }: Reading, unnamed: string): string {
  return cursor.takeWord('as') || cursor.isName() ? cursor.expectName() : unnamed
}

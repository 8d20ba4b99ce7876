import { readExpression, readExpressions } from './expression.ts'
import { readFrom } from './from.ts'
import { readGroup } from './group.ts'
import { readOrder } from './order.ts'
import { quoteName, type Reading } from './reading.ts'
import { readWindow } from './window.ts'

/** Reads a query, with what it names, up to the token after it, and writes it anew. */
export function readQuery(reading: Reading): string {
  const { cursor } = reading
  return reading.scoped(() =>
    cursor.nested(() => {
      const named = cursor.takeWord('with')
        ? `WITH ${cursor.list(() => readNamed(reading)).join(', ')} `
        : ''
      let sql = named + readTerm(reading)
      for (let set = takeSetOperator(reading); set !== ''; set = takeSetOperator(reading)) {
        sql += ` ${set} ${readTerm(reading)}`
      }
      return sql
    }),
  )
}

function takeSetOperator({ cursor }: Reading): string {
  if (cursor.takeWord('union')) {
    if (cursor.takeWord('distinct')) return 'UNION DISTINCT'
    cursor.expectWord('all')
    return 'UNION ALL'
  }
  for (const word of ['except', 'intersect']) {
    if (cursor.takeWord(word)) {
      return word.toUpperCase() + (cursor.takeWord('distinct') ? ' DISTINCT' : '')
    }
  }
  return ''
}

function readTerm(reading: Reading): string {
  const { cursor } = reading
  if (!cursor.takeSymbol('(')) return readSelect(reading)
  const query = readQuery(reading)
  cursor.expectSymbol(')')
  return `(${query})`
}

/** A named query, or a named expression. */
function readNamed(reading: Reading): string {
  const { cursor } = reading
  if (cursor.isName() && cursor.peek(1).text.toLowerCase() === 'as' && cursor.isSymbol('(', 2)) {
    const name = cursor.expectName()
    cursor.expectWord('as')
    cursor.expectSymbol('(')
    const query = readQuery(reading)
    cursor.expectSymbol(')')
    // Only now: a query that reads itself would never end.
    return `${reading.addCte(name)} AS (${query})`
  }
  const value = readExpression(reading)
  cursor.expectWord('as')
  return `${value} AS ${reading.addAlias(cursor.expectName())}`
}

function readSelect(reading: Reading): string {
  const { cursor } = reading
  cursor.expectWord('select')
  let sql = cursor.takeWord('distinct') ? 'SELECT DISTINCT ' : 'SELECT '
  sql += cursor.list(() => readItem(reading)).join(', ')
  if (cursor.takeWord('from')) sql += ` FROM ${readFrom(reading)}`
  if (cursor.takeWord('where')) sql += ` WHERE ${readExpression(reading)}`
  if (cursor.takeWord('group', 'by')) sql += ` GROUP BY ${readGroup(reading)}`
  if (cursor.takeWord('having')) sql += ` HAVING ${readExpression(reading)}`
  if (cursor.takeWord('window'))
    sql += ` WINDOW ${cursor.list(() => readNamedWindow(reading)).join(', ')}`
  if (cursor.takeWord('qualify')) sql += ` QUALIFY ${readExpression(reading)}`
  if (cursor.takeWord('order', 'by')) sql += ` ORDER BY ${readOrder(reading)}`
  // LIMIT n BY …, and then LIMIT again.
  while (cursor.isWord('limit') || cursor.isWord('offset')) sql += readLimit(reading)
  return sql
}

function readItem(reading: Reading): string {
  const { cursor } = reading
  const qualifier = cursor.isName() && cursor.isSymbol('.', 1) && cursor.isSymbol('*', 2)
  if (qualifier || cursor.isSymbol('*')) {
    const prefix = qualifier ? `${quoteName(cursor.expectName())}.` : ''
    if (qualifier) cursor.expectSymbol('.')
    cursor.expectSymbol('*')
    return `${prefix}*${readExcept(reading)}`
  }
  const value = readExpression(reading)
  if (!cursor.takeWord('as')) return value
  return `${value} AS ${reading.addAlias(cursor.expectName())}`
}

function readExcept({ cursor }: Reading): string {
  if (!cursor.isWord('except') || !cursor.isSymbol('(', 1) || !cursor.isName(2)) return ''
  cursor.expectWord('except')
  cursor.expectSymbol('(')
  const names = cursor.list(() => quoteName(cursor.expectName()))
  cursor.expectSymbol(')')
  return ` EXCEPT (${names.join(', ')})`
}

function readNamedWindow(reading: Reading): string {
  const { cursor } = reading
  const name = cursor.expectName()
  cursor.expectWord('as')
  cursor.expectSymbol('(')
  const window = readWindow(reading)
  cursor.expectSymbol(')')
  return `${quoteName(name)} AS (${window})`
}

function readLimit(reading: Reading): string {
  const { cursor } = reading
  if (cursor.takeWord('offset')) return ` OFFSET ${readCount(reading)}`
  cursor.expectWord('limit')
  let sql = ` LIMIT ${readCount(reading)}`
  if (cursor.takeSymbol(',')) sql += `, ${readCount(reading)}`
  else if (cursor.takeWord('offset')) sql += ` OFFSET ${readCount(reading)}`
  if (cursor.takeWord('by')) sql += ` BY ${readExpressions(reading)}`
  else if (cursor.takeWord('with', 'ties')) sql += ' WITH TIES'
  return sql
}

function readCount({ cursor }: Reading): string {
  const { kind, text } = cursor.next()
  if (kind === 'number' && /^\d{1,18}$/.test(text)) return text
  throw cursor.refuse('has a LIMIT or OFFSET that is not a whole number')
}

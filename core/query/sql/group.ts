import { readExpression, readExpressions } from './expression.ts'
import type { Reading } from './reading.ts'

/** What follows GROUP BY. */
export function readGroup(reading: Reading): string {
  const { cursor } = reading
  if (cursor.takeWord('all')) return 'ALL'
  if (cursor.takeWord('grouping', 'sets')) {
    cursor.expectSymbol('(')
    const sets = cursor.list(() => readGroupingSet(reading))
    cursor.expectSymbol(')')
    return `GROUPING SETS (${sets.join(', ')})`
  }
  const sql = readExpressions(reading)
  for (const word of ['rollup', 'cube']) {
    if (cursor.takeWord('with', word)) return `${sql} WITH ${word.toUpperCase()}`
  }
  return sql
}

function readGroupingSet(reading: Reading): string {
  const { cursor } = reading
  if (!cursor.takeSymbol('(')) return readExpression(reading)
  const items = cursor.isSymbol(')') ? '' : readExpressions(reading)
  cursor.expectSymbol(')')
  return `(${items})`
}

import { readExpression } from './expression.ts'
import type { Reading } from './reading.ts'

/** What follows ORDER BY. */
export function readOrder(reading: Reading): string {
  const { cursor } = reading
  const items = cursor.list(() => {
    let sql = readExpression(reading)
    for (const words of [['asc'], ['desc'], ['nulls', 'first'], ['nulls', 'last']]) {
      if (cursor.takeWord(...words)) sql += ` ${words.join(' ').toUpperCase()}`
    }
    return sql
  })
  return items.join(', ')
}

import { readExpressions } from './expression.ts'
import { readOrder } from './order.ts'
import { quoteName, type Reading } from './reading.ts'

/** What follows OVER: a window's name, or the window. */
export function readOver(reading: Reading): string {
  const { cursor } = reading
  if (cursor.isName()) return quoteName(cursor.expectName())
  cursor.expectSymbol('(')
  const window = readWindow(reading)
  cursor.expectSymbol(')')
  return `(${window})`
}

export function readWindow(reading: Reading): string {
  const { cursor } = reading
  const parts: string[] = []
  if (cursor.takeWord('partition', 'by')) parts.push(`PARTITION BY ${readExpressions(reading)}`)
  if (cursor.takeWord('order', 'by')) parts.push(`ORDER BY ${readOrder(reading)}`)
  for (const unit of ['rows', 'range']) {
    if (cursor.takeWord(unit)) parts.push(`${unit.toUpperCase()} ${readFrame(reading)}`)
  }
  return parts.join(' ')
}

function readFrame(reading: Reading): string {
  const { cursor } = reading
  if (!cursor.takeWord('between')) return readBound(reading)
  const start = readBound(reading)
  cursor.expectWord('and')
  return `BETWEEN ${start} AND ${readBound(reading)}`
}

function readBound({ cursor }: Reading): string {
  if (cursor.takeWord('current', 'row')) return 'CURRENT ROW'
  const isUnbounded = cursor.takeWord('unbounded')
  const { kind, text } = isUnbounded ? { kind: 'number', text: '0' } : cursor.next()
  if (kind !== 'number' || !/^\d+$/.test(text)) throw cursor.unexpected('a number of rows')
  const distance = isUnbounded ? 'UNBOUNDED' : text
  if (cursor.takeWord('preceding')) return `${distance} PRECEDING`
  cursor.expectWord('following')
  return `${distance} FOLLOWING`
}

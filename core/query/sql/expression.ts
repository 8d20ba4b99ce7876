import { functionNamed } from './functions.ts'
import { quoteName, type Reading } from './reading.ts'
import { readQuery } from './select.ts'
import { readType } from './type.ts'
import { INTERVAL_UNITS } from './vocabulary.ts'
import { readOver } from './window.ts'

/** SQL, and the name that it is, in parentheses or not, when it is nothing but a name. */
interface Expression {
  sql: string
  bare: string | null
}

const OPERATORS = new Set('-> + - * / % = == != <> < <= > >= ||'.split(' '))
/** Columns of JSON: what follows them are keys. */
const JSON_COLUMNS = new Set(['properties', 'person_set', 'person_set_once'])
/** Texts that stay between quotes as they are. */
const PLAIN_TEXT = /^[\w ().*?<>=,:/-]{0,200}$/

export const readExpression = (reading: Reading): string => readWhole(reading).sql

export const readExpressions = (reading: Reading): string =>
  reading.cursor.list(() => readExpression(reading)).join(', ')

function readWhole(reading: Reading): Expression {
  const first = readOperand(reading)
  const rest = readRest(reading)
  return rest === '' ? first : { sql: first.sql + rest, bare: null }
}

function readRest(reading: Reading): string {
  const { cursor } = reading
  let sql = ''
  for (;;) {
    const { kind, text } = cursor.peek()
    if (kind === 'symbol' && OPERATORS.has(text)) {
      cursor.next()
      sql += ` ${text} ${readOperand(reading).sql}`
    } else if (cursor.takeWord('is', 'null')) sql += ' IS NULL'
    else if (cursor.takeWord('is', 'not', 'null')) sql += ' IS NOT NULL'
    else if (cursor.takeWord('and')) sql += ` AND ${readOperand(reading).sql}`
    else if (cursor.takeWord('or')) sql += ` OR ${readOperand(reading).sql}`
    else {
      const infix = readInfix(reading)
      if (infix === '') return sql
      sql += infix
    }
  }
}

// BETWEEN reads on as an operator: its AND is like any other to us.
function readInfix(reading: Reading): string {
  const { cursor } = reading
  const negated = cursor.isWord('not')
  const place = negated ? 1 : 0
  const { kind, text } = cursor.peek(place)
  const word = kind === 'word' ? text.toLowerCase() : ''
  if (word === 'global' || word === 'in') {
    if (negated) cursor.next()
    const isGlobal = cursor.takeWord('global')
    cursor.expectWord('in')
    return ` ${isGlobal ? 'GLOBAL ' : ''}${negated ? 'NOT ' : ''}IN ${readSet(reading)}`
  }
  if (word !== 'like' && word !== 'ilike' && word !== 'between') return ''
  if (negated) cursor.next()
  cursor.next()
  return ` ${negated ? 'NOT ' : ''}${word.toUpperCase()} ${readOperand(reading).sql}`
}

// A name after IN, in parentheses or not, is a table to the store, whatever else it may be.
function readSet(reading: Reading): string {
  const { cursor } = reading
  const { sql, bare } = readOperand(reading)
  if (bare === null) return sql
  const cte = reading.cte(bare)
  if (cte) return cte
  throw cursor.refuse('has IN before a name: IN takes a list of values, an array or a query')
}

function readOperand(reading: Reading): Expression {
  const { cursor } = reading
  return cursor.nested(() => {
    if (cursor.takeWord('not')) return { sql: `NOT ${readOperand(reading).sql}`, bare: null }
    // With a space, or two of them would begin a comment.
    if (cursor.takeSymbol('-')) return { sql: `- ${readOperand(reading).sql}`, bare: null }
    const primary = readPrimary(reading)
    const postfix = readPostfix(reading)
    return postfix === '' ? primary : { sql: primary.sql + postfix, bare: null }
  })
}

function readPostfix(reading: Reading): string {
  const { cursor } = reading
  let sql = ''
  for (;;) {
    if (cursor.takeSymbol('::')) sql += `::${readType(cursor)}`
    else if (cursor.takeSymbol('[')) {
      sql += `[${readExpression(reading)}]`
      cursor.expectSymbol(']')
    } else if (cursor.isSymbol('.') && cursor.peek(1).kind === 'number') {
      cursor.next()
      const place = cursor.next().text
      if (!/^\d{1,4}$/.test(place)) throw cursor.unexpected('the place in a tuple')
      sql += `.${place}`
    } else return sql
  }
}

function readPrimary(reading: Reading): Expression {
  const { cursor } = reading
  const token = cursor.peek()
  if (token.kind === 'number') return { sql: cursor.next().text, bare: null }
  if (token.kind === 'string') return { sql: bound(reading, cursor.next().text), bare: null }
  if (cursor.isSymbol('(')) return readParentheses(reading)
  if (cursor.takeSymbol('[')) {
    const items = cursor.isSymbol(']') ? '' : readExpressions(reading)
    cursor.expectSymbol(']')
    return { sql: `[${items}]`, bare: null }
  }
  const special = readSpecial(reading)
  if (special !== null) return { sql: special, bare: null }
  // Functions may be named like words of the language: left(…), replace(…), any(…).
  if (token.kind === 'word' && cursor.isSymbol('(', 1)) {
    return { sql: readCall(reading), bare: null }
  }
  return readName(reading)
}

function readParentheses(reading: Reading): Expression {
  const { cursor } = reading
  cursor.expectSymbol('(')
  if (cursor.isWord('select') || cursor.isWord('with')) {
    const query = readQuery(reading)
    cursor.expectSymbol(')')
    return { sql: `(${query})`, bare: null }
  }
  const items = cursor.isSymbol(')') ? [] : cursor.list(() => readWhole(reading))
  cursor.expectSymbol(')')
  const [only] = items
  const bare = items.length === 1 && only ? only.bare : null
  return { sql: `(${items.map(({ sql }) => sql).join(', ')})`, bare }
}

/** What has a syntax of its own; null when it is nothing of that. */
function readSpecial(reading: Reading): string | null {
  const { cursor } = reading
  for (const word of ['null', 'true', 'false']) {
    if (cursor.takeWord(word)) return word.toUpperCase()
  }
  if (cursor.takeWord('case')) return readCase(reading)
  if (cursor.takeWord('interval')) return readInterval(reading)
  if (cursor.takeWord('cast')) {
    cursor.expectSymbol('(')
    const value = readExpression(reading)
    cursor.expectWord('as')
    const type = readType(cursor)
    cursor.expectSymbol(')')
    return `CAST(${value} AS ${type})`
  }
  if (cursor.takeWord('exists')) {
    cursor.expectSymbol('(')
    const query = readQuery(reading)
    cursor.expectSymbol(')')
    return `EXISTS (${query})`
  }
  return null
}

function readCase(reading: Reading): string {
  const { cursor } = reading
  let sql = cursor.isWord('when') ? 'CASE' : `CASE ${readExpression(reading)}`
  while (cursor.takeWord('when')) {
    const condition = readExpression(reading)
    cursor.expectWord('then')
    sql += ` WHEN ${condition} THEN ${readExpression(reading)}`
  }
  if (cursor.takeWord('else')) sql += ` ELSE ${readExpression(reading)}`
  cursor.expectWord('end')
  return `${sql} END`
}

function readInterval({ cursor }: Reading): string {
  const { kind, text } = cursor.next()
  const unit = cursor.next().text.toLowerCase().replace(/s$/, '')
  if (kind !== 'number' || !/^\d+$/.test(text) || !INTERVAL_UNITS.has(unit)) {
    throw cursor.refuse('needs an interval such as INTERVAL 7 DAY')
  }
  return `INTERVAL ${text} ${unit.toUpperCase()}`
}

function readCall(reading: Reading): string {
  const { cursor } = reading
  const called = cursor.peek().text
  const name = functionNamed(called)
  if (name === null) throw cursor.refuse(`calls ${called}, which is not available`)
  cursor.next()
  let sql = `${name}(${readArguments(reading)})`
  if (cursor.isSymbol('(')) {
    // What came first were parameters, which must be plain to the store.
    sql = `${inlined(reading, sql)}(${readArguments(reading)})`
  }
  for (const words of [
    ['ignore', 'nulls'],
    ['respect', 'nulls'],
  ]) {
    if (cursor.takeWord(...words)) sql += ` ${words.join(' ').toUpperCase()}`
  }
  return cursor.takeWord('over') ? `${sql} OVER ${readOver(reading)}` : sql
}

function readArguments(reading: Reading): string {
  const { cursor } = reading
  cursor.expectSymbol('(')
  if (cursor.takeSymbol(')')) return ''
  const distinct = cursor.takeWord('distinct') ? 'DISTINCT ' : ''
  const args = cursor.takeSymbol('*') ? '*' : readExpressions(reading)
  cursor.expectSymbol(')')
  return distinct + args
}

function readName(reading: Reading): Expression {
  const { cursor } = reading
  const parts = [cursor.expectName()]
  let sql = quoteName(parts[0] ?? '')
  for (;;) {
    const isKey = parts.slice(0, 2).some((part) => JSON_COLUMNS.has(part))
    if (cursor.isSymbol('.') && isAnyName(reading)) {
      cursor.next()
      const part = cursor.next().text
      parts.push(part)
      sql += `.${quoteName(isKey ? part.replaceAll('.', '%2E') : part)}`
    } else if (isKey && cursor.takeSymbol('.:')) sql += `.:${quoteName(readType(cursor))}`
    else if (isKey && cursor.takeSymbol('.^')) sql += `.^${quoteName(cursor.expectName())}`
    else break
  }
  if (parts.length > 1 && /^(system|information_schema)$/i.test(parts[0] ?? '')) {
    throw cursor.refuse('can read the table events only')
  }
  return { sql, bare: parts.join('.') }
}

// After a dot, the language's own words are names too.
function isAnyName({ cursor }: Reading): boolean {
  const { kind } = cursor.peek(1)
  return kind === 'quoted' || kind === 'word'
}

const bound = ({ statement }: Reading, text: string): string => statement.add('String', text)

// The store takes no bound value as a function's parameter.
function inlined({ statement, cursor }: Reading, sql: string): string {
  return sql.replace(/\{(p\d+):String\}/g, (_, name: string) => {
    const text = String(statement.values[name])
    if (!PLAIN_TEXT.test(text))
      throw cursor.refuse('has a parameter with characters it cannot have')
    delete statement.values[name]
    return `'${text}'`
  })
}

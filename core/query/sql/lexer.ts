import { QueryRefusal } from '../errors.ts'

/** A piece of a statement. What a quoted one holds is its text, without quotes and escapes. */
export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end'
  text: string
  /** Place in the statement, from 0. */
  at: number
}

const MAX_TOKENS = 3_000

const SPACE = /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y
const WORD = /[A-Za-z_$][A-Za-z0-9_$]*/y
const NUMBER =
  /(?:0x[0-9A-Fa-f]{1,16}|\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?)(?![A-Za-z0-9_$])/y
// Longest first.
const SYMBOL = /->|::|\.:|\.\^|\|\||==|!=|<>|<=|>=|[-+*/%=<>(),.[\]]/y
const QUOTED = /'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`\\]|\\[\s\S]|``)*`|"(?:[^"\\]|\\[\s\S]|"")*"/y

/** Cuts a statement into tokens, without comments. Throws a QueryRefusal that names the place. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < sql.length; ) {
    const space = matchAt(SPACE, sql, at)
    if (space) {
      at += space.length
      continue
    }
    const token = tokenAt(sql, at)
    if (tokens.length === MAX_TOKENS) throw refusalAt(at, `has more than ${MAX_TOKENS} words`)
    tokens.push(token.token)
    at += token.length
  }
  tokens.push({ kind: 'end', text: '', at: sql.length })
  return tokens
}

export const refusalAt = (at: number, message: string): QueryRefusal =>
  new QueryRefusal('invalid_query', `sql ${message} (at character ${at + 1})`, { field: 'sql' })

function tokenAt(sql: string, at: number): { token: Token; length: number } {
  const word = matchAt(WORD, sql, at)
  if (word) return { token: { kind: 'word', text: word, at }, length: word.length }
  const number = matchAt(NUMBER, sql, at)
  if (number) return { token: { kind: 'number', text: number, at }, length: number.length }
  const quoted = matchAt(QUOTED, sql, at)
  if (quoted) {
    const kind = quoted.startsWith("'") ? 'string' : 'quoted'
    return { token: { kind, text: unquote(quoted, at), at }, length: quoted.length }
  }
  const symbol = matchAt(SYMBOL, sql, at)
  if (symbol) return { token: { kind: 'symbol', text: symbol, at }, length: symbol.length }
  const char = String.fromCodePoint(sql.codePointAt(at) ?? 0)
  if ('\'"`'.includes(char)) throw refusalAt(at, 'has a quote that is not closed')
  if (char === ';') throw refusalAt(at, 'must be one statement, without ;')
  throw refusalAt(at, `cannot have ${JSON.stringify(char)} outside quotes`)
}

function matchAt(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(sql)?.[0]
}

const ESCAPES: Record<string, string> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '/': '/',
}

// Whatever comes out is bound, or quoted anew: reading an escape otherwise than the store does no harm.
function unquote(quoted: string, at: number): string {
  const quote = quoted.charAt(0)
  return quoted.slice(1, -1).replace(/\\([\s\S])|''|``|""/g, (pair, escaped?: string) => {
    if (escaped === undefined) return pair.startsWith(quote) ? quote : pair
    // A pattern's own escapes, \d or \w or \%, stay as they are.
    if (escaped === 'x' || escaped === 'N') throw refusalAt(at, 'has an escape that is not known')
    return ESCAPES[escaped] ?? pair
  })
}

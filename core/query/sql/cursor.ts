import { refusalAt, type Token, tokensOf } from './lexer.ts'
import { isReserved } from './vocabulary.ts'

/** Deeper nesting is nobody's question, and could overflow a stack. */
const MAX_DEPTH = 40

/** Reads a statement token by token. Whatever is not expected is refused. */
export class Cursor {
  readonly #tokens: readonly Token[]
  #place = 0
  #depth = 0

  constructor(sql: string) {
    this.#tokens = tokensOf(sql)
  }

  /** The token after so many others. */
  peek(ahead = 0): Token {
    const token = this.#tokens[this.#place + ahead] ?? this.#tokens.at(-1)
    if (!token) throw new Error('a statement ends with a token')
    return token
  }

  next(): Token {
    const token = this.peek()
    this.#place++
    return token
  }

  isSymbol(text: string, ahead = 0): boolean {
    const { kind, text: found } = this.peek(ahead)
    return kind === 'symbol' && found === text
  }

  /** Whether the next tokens are these words, in any case. */
  isWord(...words: string[]): boolean {
    return words.every((word, ahead) => {
      const { kind, text } = this.peek(ahead)
      return kind === 'word' && text.toLowerCase() === word
    })
  }

  /** Takes the symbol if it is next. */
  takeSymbol(text: string): boolean {
    const found = this.isSymbol(text)
    if (found) this.#place++
    return found
  }

  /** Takes the words if they are next. */
  takeWord(...words: string[]): boolean {
    const found = this.isWord(...words)
    if (found) this.#place += words.length
    return found
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected(text)
  }

  expectWord(...words: string[]): void {
    if (!this.takeWord(...words)) throw this.unexpected(words.join(' ').toUpperCase())
  }

  isName(ahead = 0): boolean {
    const { kind, text } = this.peek(ahead)
    return kind === 'quoted' || (kind === 'word' && !isReserved(text))
  }

  /** Takes a name: quoted, or a word that is not the language's own. */
  expectName(): string {
    if (!this.isName()) throw this.unexpected('a name')
    return this.next().text
  }

  /** Runs what is nested, and refuses too much of it. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.refuse('is nested too deeply')
    const result = read()
    this.#depth--
    return result
  }

  /** Takes at least one, separated by commas. */
  list<T>(read: () => T): T[] {
    const items = [read()]
    while (this.takeSymbol(',')) items.push(read())
    return items
  }

  refuse(message: string) {
    return refusalAt(this.peek().at, message)
  }

  unexpected(wanted: string) {
    const { kind, text } = this.peek()
    const found = kind === 'end' ? 'ends' : `has ${JSON.stringify(text.slice(0, 40))}`
    return this.refuse(`${found} where ${wanted} was expected`)
  }
}

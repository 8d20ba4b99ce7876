import { QueryRefusal } from '../errors.ts'

/** What a formula says; a series is a letter, by its place in the alphabet. */
export type Formula =
  | { kind: 'number'; value: number }
  | { kind: 'series'; place: number }
  | { kind: 'minus'; of: Formula }
  | { kind: 'binary'; sign: Sign; left: Formula; right: Formula }
type Sign = '+' | '-' | '*' | '/' | '%' | '**'

const TOKEN = /\s*(?:(\d+(?:\.\d*)?|\.\d+)|([A-Za-z])(?![A-Za-z\d])|(\*\*|[-+*/%()−×]))/y
const SPELLINGS: Record<string, string> = { '−': '-', '×': '*' }
/** Deeper parentheses are no formula that anybody reads. */
const MAX_DEPTH = 50

interface Token {
  kind: 'number' | 'series' | 'sign'
  text: string
  /** From 1. */
  position: number
}

/**
 * Reads a formula of so many series. Throws a QueryRefusal that names the field and the position.
 * From weak to strong: + -, then * / %, then the sign before a value, then ** from right to left.
 */
export function parseFormula(text: string, series: number, field: string): Formula {
  return new Parser(text, series, field).parse()
}

class Parser {
  readonly #tokens: Token[]
  readonly #text: string
  readonly #series: number
  readonly #field: string
  #at = 0
  #depth = 0

  constructor(text: string, series: number, field: string) {
    this.#text = text
    this.#series = series
    this.#field = field
    this.#tokens = this.#tokenize()
  }

  parse(): Formula {
    const formula = this.#sum()
    const rest = this.#tokens[this.#at]
    if (rest) throw this.#refusal(`"${rest.text}" is not expected`, rest.position)
    return formula
  }

  #sum(): Formula {
    return this.#leftToRight(['+', '-'], () => this.#product())
  }

  #product(): Formula {
    return this.#leftToRight(['*', '/', '%'], () => this.#signed())
  }

  #leftToRight(signs: readonly string[], operand: () => Formula): Formula {
    let left = operand()
    for (let sign = this.#take(signs); sign; sign = this.#take(signs)) {
      left = { kind: 'binary', sign: sign as Sign, left, right: operand() }
    }
    return left
  }

  #signed(): Formula {
    return this.#deeper(() =>
      this.#take(['-']) ? { kind: 'minus', of: this.#signed() } : this.#power(),
    )
  }

  #power(): Formula {
    const left = this.#value()
    if (!this.#take(['**'])) return left
    return { kind: 'binary', sign: '**', left, right: this.#signed() }
  }

  #value(): Formula {
    const token = this.#tokens[this.#at++]
    if (!token) throw this.#refusal('ends too early', this.#text.length + 1)
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
    if (token.kind === 'series') return this.#letter(token)
    if (token.text !== '(') throw this.#refusal(`"${token.text}" is not expected`, token.position)
    const inner = this.#sum()
    if (!this.#take([')'])) {
      const position = this.#tokens[this.#at]?.position ?? this.#text.length + 1
      throw this.#refusal('")" is missing', position)
    }
    return inner
  }

  #letter({ text, position }: Token): Formula {
    const place = text.toUpperCase().charCodeAt(0) - 65
    if (place < this.#series) return { kind: 'series', place }
    const last = String.fromCharCode(64 + this.#series)
    throw this.#refusal(`there is no series ${text}, the last one is ${last}`, position)
  }

  #take(signs: readonly string[]): string | null {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'sign' || !signs.includes(token.text)) return null
    this.#at++
    return token.text
  }

  #deeper(read: () => Formula): Formula {
    if (++this.#depth > MAX_DEPTH) {
      throw this.#refusal('is nested too deeply', this.#tokens[this.#at]?.position ?? 1)
    }
    const formula = read()
    this.#depth--
    return formula
  }

  #tokenize(): Token[] {
    const tokens: Token[] = []
    const end = this.#text.trimEnd().length
    TOKEN.lastIndex = 0
    while (TOKEN.lastIndex < end) {
      const start = TOKEN.lastIndex
      const found = TOKEN.exec(this.#text)
      if (!found) {
        const at =
          start + (this.#text.slice(start).length - this.#text.slice(start).trimStart().length)
        const [sign = ''] = this.#text.slice(at)
        throw this.#refusal(
          `"${sign}" is not a series, a number or one of + - * / % ** ( )`,
          at + 1,
        )
      }
      const [whole, number, letter, sign = ''] = found
      const text = number ?? letter ?? SPELLINGS[sign] ?? sign
      const kind = number !== undefined ? 'number' : letter !== undefined ? 'series' : 'sign'
      tokens.push({ kind, text, position: start + whole.length - (whole.trimStart().length - 1) })
    }
    return tokens
  }

  #refusal(problem: string, position: number): QueryRefusal {
    const message = `${this.#field} is not a formula: at position ${position}, ${problem}`
    return new QueryRefusal('invalid_query', message, { field: this.#field })
  }
}

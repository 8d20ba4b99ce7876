import { isObject } from '@headwater/schemas/event'
import type { Row, UnreadableRow } from '../source.ts'
import { MAX_ROW_LENGTH, type RowParser, shortened } from './row-parser.ts'

/**
 * Rows of JSON: one object a line, one array of objects over the whole file, or objects over several lines
 * each. A line that is no JSON object costs itself only, elsewhere what lies between two brackets does.
 */
export class JsonRows implements RowParser {
  #text = ''
  #line = 1
  #splitter: Splitter | null = null
  #isBegun = false
  /** Inside a line that is longer than any row may be: it was named, its rest is passed over. */
  #isTooLong = false
  readonly #member: string

  constructor(member: string) {
    this.#member = member
  }

  push(text: string): (Row | UnreadableRow)[] {
    if (!this.#isBegun) {
      this.#text += text
      const first = this.#text.search(/\S/)
      if (first < 0) return []
      this.#isBegun = true
      if (this.#text[first] === '[') this.#splitter = new Splitter('array')
      // An object whose first line is but its bracket goes over several lines.
      else if (/^\s*\{\s*\n/.test(this.#text)) this.#splitter = new Splitter('objects')
      return this.#read(this.#text, true)
    }
    return this.#read(text, false)
  }

  end(): (Row | UnreadableRow)[] {
    if (this.#splitter) {
      const problem = this.#splitter.problemAtEnd()
      return problem ? [this.#unreadable(this.#splitter.line, problem, this.#splitter.rest)] : []
    }
    const last = this.#isTooLong ? '' : this.#text
    this.#text = ''
    return last.trim() === '' ? [] : [this.#parse(last, this.#line)]
  }

  #read(text: string, isAll: boolean): (Row | UnreadableRow)[] {
    if (this.#splitter) return this.#splitter.push(text).map((part) => this.#part(part))
    const rows: (Row | UnreadableRow)[] = []
    const lines = text.split('\n')
    if (!isAll) lines[0] = this.#text + lines[0]
    this.#text = lines.pop() ?? ''
    for (const line of lines) {
      if (this.#isTooLong) this.#isTooLong = false
      else if (line.trim() !== '') rows.push(this.#parse(line, this.#line))
      this.#line++
    }
    if (this.#text.length > MAX_ROW_LENGTH) {
      if (!this.#isTooLong) rows.push(this.#unreadable(this.#line, TOO_LONG, this.#text))
      this.#isTooLong = true
      this.#text = ''
    }
    return rows
  }

  #part({ text, line, problem }: Part): Row | UnreadableRow {
    return problem ? this.#unreadable(line, problem, text) : this.#parse(text, line)
  }

  #parse(text: string, line: number): Row | UnreadableRow {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      return this.#unreadable(line, `It is not JSON: ${(error as Error).message}`, text)
    }
    if (!isObject(value)) return this.#unreadable(line, 'It is not a JSON object.', text)
    return { member: this.#member, line, value }
  }

  #unreadable(line: number, problem: string, text: string): UnreadableRow {
    return { member: this.#member, line, problem, text: shortened(text) }
  }
}

const TOO_LONG = `It is longer than ${MAX_ROW_LENGTH / 1024 / 1024} Mi characters.`

const [NEW_LINE, SPACE, QUOTE, COMMA, BACKSLASH] = [0x0a, 0x20, 0x22, 0x2c, 0x5c]
const [BEGIN, END, BEGIN_OBJECT, END_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

interface Part {
  text: string
  line: number
  problem?: string
}

/** Cuts an array, or objects that follow each other, into the texts of each, by brackets and strings only. */
class Splitter {
  /** Where the element begins that is being read. */
  line = 1
  rest = ''
  #lineNow = 1
  #depth = 0
  #isString = false
  #isEscaped = false
  #isInside = false
  #isClosed = false
  #isTooLong = false
  readonly #areObjects: boolean

  constructor(of: 'array' | 'objects') {
    this.#areObjects = of === 'objects'
    // They are elements without the array around them.
    if (this.#areObjects) this.#depth = 1
  }

  push(text: string): Part[] {
    const parts: Part[] = []
    let start = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (this.#isString) {
        this.#inString(code)
        continue
      }
      if (code === NEW_LINE) this.#lineNow++
      const isOuter =
        this.#depth === 0 ||
        (!this.#areObjects && this.#depth === 1 && (code === END || code === COMMA))
      if (isOuter) {
        if (code === BEGIN && this.#depth === 0) this.#depth++
        else if (code === COMMA || code === END) this.#take(text.slice(start, i), parts)
        else continue
        if (code === END) this.#close()
        start = i + 1
        continue
      }
      if (!this.#isInside && code > SPACE) {
        this.#isInside = true
        this.line = this.#lineNow
      }
      if (code === QUOTE) this.#isString = true
      else if (code === BEGIN || code === BEGIN_OBJECT) this.#depth++
      // One too many must not end the array: its element is no JSON, the next may be.
      else if ((code === END || code === END_OBJECT) && this.#depth > 1) {
        this.#depth--
        if (!this.#areObjects || this.#depth > 1) continue
        this.#take(text.slice(start, i + 1), parts)
        start = i + 1
      }
    }
    this.rest += text.slice(start)
    if (this.rest.length > MAX_ROW_LENGTH) {
      if (!this.#isTooLong) parts.push({ text: this.rest, line: this.line, problem: TOO_LONG })
      this.#isTooLong = true
      this.rest = ''
    }
    return parts
  }

  problemAtEnd(): string | null {
    if (this.#areObjects) {
      return this.rest.trim() === '' ? null : 'The object does not end: was the file cut off?'
    }
    if (!this.#isClosed) return 'The array of the file does not end: was it cut off?'
    return this.rest.trim() === '' ? null : 'Behind the array of the file there is more.'
  }

  #inString(code: number): void {
    if (code === NEW_LINE) this.#lineNow++
    if (this.#isEscaped) this.#isEscaped = false
    else if (code === BACKSLASH) this.#isEscaped = true
    else if (code === QUOTE) this.#isString = false
  }

  #take(end: string, parts: Part[]): void {
    const text = this.rest + end
    this.rest = ''
    this.#isInside = false
    if (this.#isTooLong) this.#isTooLong = false
    else if (text.trim() !== '') parts.push({ text, line: this.line })
  }

  #close(): void {
    this.#depth = 0
    this.#isClosed = true
  }
}

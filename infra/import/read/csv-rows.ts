import { type CsvError, type Parser, parse } from 'csv-parse'
import type { Row, UnreadableRow } from '../source.ts'
import { MAX_ROW_LENGTH, type RowParser, shortened } from './row-parser.ts'

const DELIMITERS = [',', ';', '\t']
/** A header is shorter; what has no line end until here is no CSV. */
const MAX_HEADER_LENGTH = 256 * 1024

/** Rows of a CSV with a header: objects of texts. Commas, semicolons or tabs, as the header shows. */
export class CsvRows implements RowParser {
  #parser: Parser | null = null
  #head = ''
  #header: string[] | null = null
  #rows: (Row | UnreadableRow)[] = []
  #isLost = false
  #failure: Error | null = null
  #lastLine = 0
  readonly #member: string
  readonly #needed: readonly string[]

  /** `needed` are the columns without which no row means anything: a file that lacks one is refused. */
  constructor(member: string, needed: readonly string[]) {
    this.#member = member
    this.#needed = needed
  }

  push(text: string): (Row | UnreadableRow)[] {
    if (!this.#parser) {
      this.#head += text
      if (!this.#head.includes('\n')) {
        if (this.#head.length > MAX_HEADER_LENGTH) throw new Error('it has no header of a CSV')
        return []
      }
      this.#begin()
    } else if (!this.#isLost) {
      this.#parser.write(text)
    }
    return this.#taken()
  }

  end(): (Row | UnreadableRow)[] {
    if (!this.#parser) this.#begin()
    this.#parser?.end()
    if (!this.#header) this.#setHeader([])
    return this.#taken()
  }

  #begin(): void {
    this.#parser = parse({
      delimiter: delimiterOf(this.#head),
      record_delimiter: ['\r\n', '\n'],
      skip_empty_lines: true,
      // Counted here, to say which row it was; quotes inside of a text cost nobody a row.
      relax_column_count: true,
      relax_quotes: true,
      skip_records_with_error: true,
      max_record_size: MAX_ROW_LENGTH,
      // Called while it parses: rows that wait in the stream could change places from run to run.
      on_record: (record: string[], { lines }) => {
        this.#record(record, lines)
        return null
      },
      on_skip: (error) => {
        this.#skipped(error)
        return undefined
      },
    })
    this.#parser.on('error', (error: CsvError) => this.#skipped(error))
    this.#parser.resume()
    this.#parser.write(this.#head)
    this.#head = ''
  }

  #record(record: string[], lastLine: number): void {
    this.#lastLine = lastLine
    if (!this.#header) {
      this.#setHeader(record)
      return
    }
    const line = lastLine - lineEndsIn(record)
    if (record.length !== this.#header.length) {
      const problem = `It has ${record.length} columns, the header has ${this.#header.length}.`
      this.#rows.push(this.#unreadable(line, problem, record.join(',')))
      return
    }
    const value: Record<string, unknown> = {}
    for (let i = 0; i < record.length; i++) value[this.#header[i] ?? ''] = record[i]
    this.#rows.push({ member: this.#member, line, value })
  }

  #setHeader(names: string[]): void {
    this.#header = names.map((name) => name.trim())
    const missing = this.#needed.filter((name) => !this.#header?.includes(name))
    if (missing.length === 0) return
    const has = this.#header.length > 0 ? `has: ${this.#header.join(', ')}` : 'is empty'
    this.#failure = new Error(`its header lacks ${missing.join(', ')}; it ${shortened(has)}`)
  }

  #skipped(error: CsvError | undefined): void {
    if (this.#isLost || !error) return
    // Inside quotes everything is text, so nobody can tell where the next row begins.
    this.#isLost = true
    const problem = 'A quote that opens in this row is not closed: from here on nothing was read.'
    this.#rows.push(this.#unreadable(this.#lastLine + 1, problem, error.message))
  }

  #taken(): (Row | UnreadableRow)[] {
    if (this.#failure) throw this.#failure
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  #unreadable(line: number, problem: string, text: string): UnreadableRow {
    return { member: this.#member, line, problem, text: shortened(text) }
  }
}

function delimiterOf(head: string): string {
  const header = (head.split('\n', 1)[0] ?? '').replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

function lineEndsIn(record: readonly string[]): number {
  let count = 0
  for (const field of record) {
    for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) count++
  }
  return count
}

import type { Statement } from '../statement.ts'
import { Cursor } from './cursor.ts'

/** The one table that statements can read. */
export const TABLE = 'events'

/** Named queries get other names than the user's, so that none is ever taken for a table of the store. */
const cteName = (name: string): string => quoteName(`cte_${name}`)

/**
 * A statement that is being read and written anew. What the store is given is made of our own words:
 * its names are quoted, its texts are bound, its tables and functions are those that we know.
 */
export class Reading {
  readonly cursor: Cursor
  readonly statement: Statement
  readonly #ctes: string[] = []
  readonly #aliases = new Set<string>()

  constructor(sql: string, statement: Statement) {
    this.cursor = new Cursor(sql)
    this.statement = statement
  }

  /** Runs what may name queries that are not known outside it. */
  scoped<T>(read: () => T): T {
    const known = this.#ctes.length
    const result = read()
    this.#ctes.length = known
    return result
  }

  /** The name to write for a new named query, from here on known. */
  addCte(name: string): string {
    if (name === TABLE) throw this.cursor.refuse(`cannot give a query the name ${TABLE}`)
    this.#ctes.push(name)
    this.#refuseAmbiguous(name)
    return cteName(name)
  }

  /** The name to write for a named query; null when there is none of that name. */
  cte(name: string): string | null {
    return this.#ctes.includes(name) ? cteName(name) : null
  }

  /** The name to write for an expression's new name. */
  addAlias(name: string): string {
    this.#aliases.add(name)
    this.#refuseAmbiguous(name)
    return quoteName(name)
  }

  // The store may take a name for either where a table can stand.
  #refuseAmbiguous(name: string): void {
    if (!this.#aliases.has(name)) return
    if (name !== TABLE && !this.#ctes.includes(name)) return
    throw this.cursor.refuse(`uses the name ${JSON.stringify(name)} for two things`)
  }
}

/** A name as the store reads it, whatever it holds. */
export const quoteName = (name: string): string =>
  `\`${[...name].map((char) => (/[\w$ %.-]/.test(char) ? char : escapeChar(char))).join('')}\``

// Letters of other scripts stand for themselves; what could end the quotes does not.
function escapeChar(char: string): string {
  if (char === '`' || char === '\\') return `\\${char}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f{}]/.test(char)) {
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  }
  return char
}

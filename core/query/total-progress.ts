import type { Progress } from '../store/store.ts'
import type { Round } from './whole-plan.ts'

const NOTHING: Progress = { rowsRead: 0, rowsToRead: 0 }

/**
 * How far all statements of a question are, taken together, round after round. What is told never goes back:
 * neither the rows that were read, nor which part they are of those to read. What is not known yet is taken for
 * as much as the rest: a statement that tells nothing for those beside it, and the round after one that plans
 * for that one.
 */
export class TotalProgress {
  readonly #tell: (total: Progress) => void
  /** In the rounds that are over. */
  #before = 0
  #parts: Progress[] = []
  #roundsLeft = 0
  #told = NOTHING

  constructor(tell: (total: Progress) => void) {
    this.#tell = tell
  }

  /** Begins a round of so many statements; the one before is over. Returns what each of them is to call. */
  begin(statements: number, round: Round): ((progress: Progress) => void)[] {
    this.#before += this.#roundRows()
    this.#parts = Array.from({ length: statements }, () => NOTHING)
    this.#roundsLeft = round === 'plan' ? 1 : 0
    const parts = this.#parts
    return parts.map((_, place) => (progress) => {
      // Whoever tells of a round that is over comes too late.
      if (this.#parts !== parts) return
      parts[place] = progress
      if (this.#roundRows() > 0) this.#tellTotal()
    })
  }

  /** Tells that all was read, when anything was ever told. */
  end(): void {
    this.begin(0, 'answer')
    if (this.#told !== NOTHING) this.#tellTotal()
  }

  #tellTotal(): void {
    const { rowsRead, rowsToRead } = this.#told
    const read = Math.max(this.#before + sumOf(this.#parts, 'rowsRead'), rowsRead)
    const total = Math.max(this.#before + this.#roundRows() * (1 + this.#roundsLeft), read)
    // More to read than was thought: that shows while it is read.
    const most = rowsRead === 0 ? total : Math.floor((read * rowsToRead) / rowsRead)
    this.#told = { rowsRead: read, rowsToRead: Math.min(total, most) }
    this.#tell(this.#told)
  }

  #roundRows(): number {
    const known = this.#parts.filter(({ rowsToRead }) => rowsToRead > 0)
    if (known.length === 0) return 0
    return Math.round((sumOf(known, 'rowsToRead') * this.#parts.length) / known.length)
  }
}

const sumOf = (parts: readonly Progress[], key: keyof Progress): number =>
  parts.reduce((total, part) => total + part[key], 0)

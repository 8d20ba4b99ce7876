import type { FileState } from './state.ts'

const ON_SCREEN_MS = 200
const IN_LINES_MS = 5_000

export interface ProgressOptions {
  /** Bytes of all files together. */
  totalBytes: number
  isTerminal: boolean
  write: (text: string) => void
  now?: () => number
}

/** Shows how far an import is: over one line of a terminal, or as a line every few seconds. */
export class Progress {
  #bytes = 0
  #accepted = 0
  #dropped = 0
  #waiting: string | null = null
  #shownAt: number
  /** Where what is measured began: what an earlier run had done is passed over fast. */
  #first: { at: number; bytes: number; accepted: number } | null = null
  readonly #options: ProgressOptions
  readonly #now: () => number

  constructor(options: ProgressOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#shownAt = this.#now()
  }

  read(bytes: number): void {
    this.#bytes += bytes
    this.#show()
  }

  counted(files: readonly FileState[]): void {
    this.#accepted = files.reduce((sum, { accepted }) => sum + accepted, 0)
    this.#dropped = files.reduce((sum, { dropped }) => sum + sumOf(dropped), 0)
    this.#waiting = null
    this.#first ??= { at: this.#now(), bytes: this.#bytes, accepted: this.#accepted }
    this.#show()
  }

  waits(why: string, waitMs: number): void {
    const isNews = this.#waiting === null
    this.#waiting = `waiting, again in ${(waitMs / 1000).toFixed(1)} s: ${why}`
    if (isNews) this.#shownAt = Number.NEGATIVE_INFINITY
    this.#show()
  }

  /** Clears the line, for what is said after it. */
  end(): void {
    if (this.#options.isTerminal) this.#options.write('\r\u001b[K')
  }

  #show(): void {
    const { isTerminal, write } = this.#options
    const now = this.#now()
    if (now - this.#shownAt < (isTerminal ? ON_SCREEN_MS : IN_LINES_MS)) return
    this.#shownAt = now
    write(isTerminal ? `\r\u001b[K${this.line(now)}` : `${this.line(now)}\n`)
  }

  line(now: number): string {
    const { totalBytes } = this.#options
    const part = totalBytes === 0 ? 1 : Math.min(this.#bytes / totalBytes, 1)
    const parts = [
      `${Math.floor(part * 100)} %`,
      `${mebibytes(this.#bytes)} of ${mebibytes(totalBytes)} MiB`,
      `${this.#accepted.toLocaleString('en-US')} events`,
      ...(this.#dropped > 0 ? [`${this.#dropped.toLocaleString('en-US')} dropped`] : []),
    ]
    const seconds = this.#first ? (now - this.#first.at) / 1000 : 0
    if (this.#waiting) parts.push(this.#waiting)
    else if (this.#first && seconds > 1) {
      const rate = Math.round((this.#accepted - this.#first.accepted) / seconds)
      const bytesPerSecond = (this.#bytes - this.#first.bytes) / seconds
      parts.push(`${rate.toLocaleString('en-US')} events/s`)
      if (bytesPerSecond > 0) parts.push(left((totalBytes - this.#bytes) / bytesPerSecond))
    }
    return parts.join(' · ')
  }
}

function left(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.ceil(seconds))} s left`
  return seconds < 5_400
    ? `${Math.round(seconds / 60)} min left`
    : `${(seconds / 3_600).toFixed(1)} h left`
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}

function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Reject } from './state.ts'

/**
 * The file of everything that was dropped, one JSON object a line, with the row itself. What was written
 * beyond what the state knows of, by a run that was killed, is cut off, because it will come again.
 */
export class Rejects {
  readonly path: string
  bytes: number
  #file: number | null = null

  constructor(path: string, bytes: number) {
    this.path = path
    this.bytes = bytes
  }

  add(rejects: readonly Reject[]): void {
    if (rejects.length === 0) return
    if (this.#file === null) {
      mkdirSync(dirname(this.path), { recursive: true })
      this.#file = openSync(this.path, this.bytes === 0 ? 'w' : 'r+', 0o600)
      ftruncateSync(this.#file, this.bytes)
    }
    const lines = rejects.map((reject) => `${JSON.stringify(reject)}\n`).join('')
    this.bytes += writeSync(this.#file, lines, this.bytes)
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}

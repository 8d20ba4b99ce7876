import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CrashPoint } from './crashing.ts'

/** Points at which a service will kill itself, one life after the other. */
export class Fuses {
  readonly folder: string
  #count = 0

  constructor(folder: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
  }

  add(point: CrashPoint): void {
    const number = String(++this.#count).padStart(3, '0')
    writeFileSync(join(this.folder, `${number}-${point}`), '')
  }

  left(): string[] {
    return readdirSync(this.folder)
  }

  /** Resolves when all have burnt; rejects with those left after the time. */
  async untilBurnt(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (this.left().length > 0) {
      if (Date.now() > deadline) throw new Error(`not reached: ${this.left().join(', ')}`)
      await sleep(100)
    }
  }
}

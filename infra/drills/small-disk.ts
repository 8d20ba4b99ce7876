import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CHUNK = Buffer.alloc(64 * 1024)

/** A file system of its own, of a few megabytes, in memory. Mounting takes root. */
export class SmallDisk {
  readonly folder: string
  readonly #filler: string
  readonly #megabytes: number

  constructor(megabytes: number) {
    this.#megabytes = megabytes
    this.folder = mkdtempSync(join(tmpdir(), 'headwater-disk-'))
    this.#filler = join(this.folder, 'filler')
  }

  mount(): void {
    const size = `size=${this.#megabytes}m`
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', this.folder])
  }

  /** Takes all the room there is left. */
  fill(): void {
    const file = openSync(this.#filler, 'a')
    try {
      for (;;) writeSync(file, CHUNK)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      closeSync(file)
    }
  }

  /** Gives the room back. */
  free(): void {
    rmSync(this.#filler, { force: true })
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.folder])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

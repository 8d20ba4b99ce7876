import { type Chunk, packChunks } from './buffer.ts'
import type { BufferStorage } from './buffer-storage.ts'

interface Waiting {
  chunks: readonly Chunk[]
  resolve: () => void
  reject: (error: unknown) => void
}

export interface CommitCounts {
  appends: number
  commits: number
  rows: number
  events: number
}

/**
 * Lets concurrent appends share one commit: while storage confirms one, the next ones gather. Each
 * resolves after its rows are written; the platform holds the answer back until they are durable.
 */
export class GroupCommit {
  readonly counts: CommitCounts = { appends: 0, commits: 0, rows: 0, events: 0 }
  readonly #storage: BufferStorage
  readonly #confirm: () => Promise<void>
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #running = false

  constructor(storage: BufferStorage, confirm: () => Promise<void>) {
    this.#storage = storage
    this.#confirm = confirm
  }

  /** Bytes that are promised to storage but not written yet. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  append(chunks: readonly Chunk[], onStored: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ chunks, resolve, reject })
      for (const { body } of chunks) this.#waitingBytes += body.length
      if (!this.#running) void this.#run(onStored)
    })
  }

  async #run(onStored: () => void): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      this.#waitingBytes = 0
      try {
        this.#store(group)
        onStored()
        await this.#confirm()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#running = false
  }

  #store(group: readonly Waiting[]): void {
    const rows = packChunks(group.flatMap(({ chunks }) => chunks))
    this.#storage.append(rows, Date.now())
    this.counts.appends += group.length
    this.counts.commits++
    this.counts.rows += rows.length
    for (const { events } of rows) this.counts.events += events
    for (const { resolve } of group) resolve()
  }
}

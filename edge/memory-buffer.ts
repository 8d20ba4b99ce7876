import { BufferError, type Chunk, type EventBuffer } from './buffer.ts'

/** The buffer's twin for tests and simulations: same promises, held in memory. */
export class MemoryBuffer implements EventBuffer {
  readonly shards = new Map<number, Chunk[]>()
  readonly #backlogMaxBytes: number

  constructor(backlogMaxBytes: number = Number.POSITIVE_INFINITY) {
    this.#backlogMaxBytes = backlogMaxBytes
  }

  async append(shard: number, chunks: readonly Chunk[]): Promise<void> {
    const held = this.shards.get(shard) ?? []
    const bytes = [...held, ...chunks].reduce((sum, { body }) => sum + body.length, 0)
    if (bytes > this.#backlogMaxBytes) {
      throw new BufferError('backlog_full', 'The buffer is full; it will take events again soon.')
    }
    this.shards.set(shard, [...held, ...chunks.map((chunk) => structuredClone(chunk))])
  }
}

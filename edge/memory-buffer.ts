import { BufferError, type Chunk, type EventBuffer, packFrames } from './buffer.ts'

/** The buffer's twin for tests and simulations: same promises, held in memory. */
export class MemoryBuffer implements EventBuffer {
  readonly shards = new Map<string, Chunk[]>()
  readonly #backlogMaxBytes: number

  constructor(backlogMaxBytes: number = Number.POSITIVE_INFINITY) {
    this.#backlogMaxBytes = backlogMaxBytes
  }

  async append(shard: string, frames: readonly string[]): Promise<void> {
    const held = [...(this.shards.get(shard) ?? []), ...packFrames(frames)]
    if (held.reduce((sum, { body }) => sum + body.length, 0) > this.#backlogMaxBytes) {
      throw new BufferError('backlog_full', 'The buffer is full; it will take events again soon.')
    }
    this.shards.set(shard, held)
  }
}

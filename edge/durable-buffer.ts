import { BufferError, type EventBuffer, packFrames } from './buffer.ts'
import type { AppendAnswer } from './buffer-object.ts'
import { type EdgeEnv, edgeConfig } from './config.ts'

/** The buffer in Durable Objects: one object per shard, named `<region>:<n>`. */
export class DurableBuffer implements EventBuffer {
  readonly #env: EdgeEnv

  /** Made per request: a stub belongs to the request that made it. */
  constructor(env: EdgeEnv) {
    this.#env = env
  }

  async append(shard: number, frames: readonly string[]): Promise<void> {
    const { region } = edgeConfig(this.#env)
    try {
      await appendTo(this.#env, shardName(region, shard), frames)
    } catch (error) {
      if (error instanceof BufferError) throw error
      throw new BufferError('buffer_unavailable', 'The buffer is not available.', { cause: error })
    }
  }
}

export function shardName(region: string, shard: number): string {
  return `${region}:${shard}`
}

async function appendTo(env: EdgeEnv, name: string, frames: readonly string[]): Promise<void> {
  const answer: AppendAnswer = await env.BUFFER.getByName(name).append(packFrames(frames))
  if (answer === 'backlog_full') {
    throw new BufferError('backlog_full', 'The buffer is full; it will take events again soon.')
  }
}

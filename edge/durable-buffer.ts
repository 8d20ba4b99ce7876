import { BufferError, type EventBuffer, packFrames } from './buffer.ts'
import type { AppendAnswer } from './buffer-object.ts'
import { type Call, Coalescer, type KeepAlive } from './coalesce.ts'
import { type EdgeConfig, type EdgeEnv, edgeConfig } from './config.ts'

/** A call to a shard that takes longer than this is not waited for by new requests. */
const STALL_MS = 10_000

const coalescers = new WeakMap<EdgeConfig, Coalescer>()

/** The buffer in Durable Objects: one object per shard, named `<region>:<n>`. */
export class DurableBuffer implements EventBuffer {
  readonly #env: EdgeEnv
  readonly #keepAlive: KeepAlive

  /** Made per request: a stub belongs to the request that made it. */
  constructor(env: EdgeEnv, keepAlive: KeepAlive) {
    this.#env = env
    this.#keepAlive = keepAlive
  }

  async append(shard: number, frames: readonly string[]): Promise<void> {
    const config = edgeConfig(this.#env)
    const call: Call = (shared) => appendTo(this.#env, shardName(config.region, shard), shared)
    try {
      if (!config.shareCalls) return await call(frames)
      await coalescerOf(config).append(shard, frames, call, this.#keepAlive)
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

function coalescerOf(config: EdgeConfig): Coalescer {
  const known = coalescers.get(config)
  if (known) return known
  const coalescer = new Coalescer(STALL_MS)
  coalescers.set(config, coalescer)
  return coalescer
}

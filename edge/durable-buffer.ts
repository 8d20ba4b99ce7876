import { BufferError, type EventBuffer, packFrames } from './buffer.ts'
import type { AppendAnswer, BufferObject } from './buffer-object.ts'
import { type EdgeEnv, edgeConfig } from './config.ts'
import { regionOfShard } from './regions.ts'

/** The buffer in Durable Objects: one object per shard. */
export class DurableBuffer implements EventBuffer {
  readonly #env: EdgeEnv

  /** Made per request: a stub belongs to the request that made it. */
  constructor(env: EdgeEnv) {
    this.#env = env
  }

  async append(shard: string, frames: readonly string[]): Promise<void> {
    try {
      await appendTo(this.#env, shard, frames)
    } catch (error) {
      if (error instanceof BufferError) throw error
      throw new BufferError('buffer_unavailable', 'The buffer is not available.', { cause: error })
    }
  }
}

async function appendTo(env: EdgeEnv, shard: string, frames: readonly string[]): Promise<void> {
  const answer: AppendAnswer = await shardStub(env, shard).append(packFrames(frames))
  if (answer === 'backlog_full') {
    throw new BufferError('backlog_full', 'The buffer is full; it will take events again soon.')
  }
}

/**
 * The object of a shard, in the place that its region asks for. Throws when the place cannot be had: the
 * object is then made nowhere. Every call goes through here, since the first one decides where it is made.
 */
export function shardStub(env: EdgeEnv, shard: string): DurableObjectStub<BufferObject> {
  const { regions, allowNoJurisdiction } = edgeConfig(env)
  const region = regionOfShard(regions, shard)
  if (!region) throw new Error(`the region of shard ${shard} is not known`)
  const { jurisdiction, locationHint } = region
  const namespace = jurisdiction
    ? within(env.BUFFER, jurisdiction, allowNoJurisdiction)
    : env.BUFFER
  return locationHint ? namespace.getByName(shard, { locationHint }) : namespace.getByName(shard)
}

type BufferNamespace = EdgeEnv['BUFFER']

// workerd itself knows no jurisdictions: who runs it, on a laptop, says that this does not matter. Only then, and
// only for workerd's own words, the objects are made in the whole namespace.
function within(
  namespace: BufferNamespace,
  jurisdiction: DurableObjectJurisdiction,
  allowNone: boolean,
): BufferNamespace {
  try {
    return namespace.jurisdiction(jurisdiction)
  } catch (error) {
    if (allowNone && String(error).includes('not implemented in workerd')) return namespace
    throw error
  }
}

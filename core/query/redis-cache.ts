import { ErrorReply } from 'redis'
import type { AnswerCache } from './answer-cache.ts'
import { AnswerCodec, MAX_VALUE_BYTES } from './answer-codec.ts'
import { RedisLink, type RedisLinkOptions } from './redis-link.ts'

const TTL_S = 3_600
/** More would wait in memory for a Redis that is slower than we are; those answers are not kept. */
const MAX_WRITES = 32
const NOTHING = Buffer.alloc(0)

export interface RedisCacheOptions extends RedisLinkOptions {
  /** Shared by all who share the answers; what others wrote is not believed. */
  secret: string
}

export interface RedisCache extends AnswerCache {
  close(): Promise<void>
}

/** Keeps answers for every query service on one Redis, for an hour. Needs no Redis to start. */
export const openRedisCache = (options: RedisCacheOptions): RedisCache =>
  new OpenRedisCache(options)

class OpenRedisCache implements RedisCache {
  readonly level = 'redis'
  readonly #link: RedisLink
  readonly #codec: AnswerCodec
  #writes = 0

  constructor(options: RedisCacheOptions) {
    this.#link = new RedisLink(options)
    this.#codec = new AnswerCodec(options.secret)
  }

  async get(key: string): Promise<unknown[] | undefined> {
    // Not GET: whatever else is kept under the key, this reads no more than one of our values.
    const read = this.#link.run((client) => client.getRange(key, 0, MAX_VALUE_BYTES))
    return this.#codec.decode(key, (await read.catch(toNothing)) ?? NOTHING)
  }

  async set(key: string, rows: unknown[]): Promise<void> {
    if (this.#writes >= MAX_WRITES) throw new Error('too many answers wait to be kept')
    this.#writes++
    try {
      const value = await this.#codec.encode(key, rows)
      if (!value) return
      const expiration = { type: 'EX', value: TTL_S } as const
      await this.#link.run((client) => client.set(key, value, { expiration }))
    } finally {
      this.#writes--
    }
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}

/** What is kept under the key is not even a string. */
function toNothing(error: unknown): Buffer {
  if (error instanceof ErrorReply && error.message.startsWith('WRONGTYPE')) return NOTHING
  throw error
}

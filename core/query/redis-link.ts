import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, ErrorReply, RESP_TYPES } from 'redis'
import type { Logger } from '../shared/logger.ts'

const COMMAND_TIMEOUT_MS = 100
const CONNECT_TIMEOUT_MS = 2_000
/** Less than that: a client that is destroyed while it connects would connect all the same. */
const TCP_TIMEOUT_MS = 1_500
const RETRY_MS = 2_000
const TIMEOUT_STEPS = 4

export type RedisClient = ReturnType<typeof newClient>

export interface RedisLinkOptions {
  url: string
  logger: Logger
}

/**
 * A connection to a Redis that may be away. Nobody waits for it: it is made, and made again, in the
 * background. A command that is not answered at once ends the connection, so that a Redis that hangs costs
 * time only once, and none until it has answered a PING.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions
  readonly #closing = new AbortController()
  #client: RedisClient | null = null
  #connecting: Promise<void>

  constructor(options: RedisLinkOptions) {
    this.#options = options
    this.#connecting = this.#connect()
  }

  /** Rejects at once while Redis is away, and soon when it does not answer. */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = this.#client
    if (!client) throw new Error('Redis is away')
    try {
      return await within(COMMAND_TIMEOUT_MS, command(client))
    } catch (error) {
      // An error that Redis itself answered says nothing about the connection.
      if (!(error instanceof ErrorReply)) this.#lose(client, error)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#connecting
    this.#client?.destroy()
    this.#client = null
  }

  #lose(client: RedisClient, error: unknown): void {
    if (this.#client !== client) return
    this.#client = null
    client.destroy()
    this.#options.logger.log('warn', 'redis_away', { error })
    this.#connecting = this.#pause().then(() => this.#connect())
  }

  async #connect(): Promise<void> {
    for (let tries = 0; !this.#closing.signal.aborted; tries++) {
      const client = newClient(this.#options.url)
      // Without a listener an error of the connection would end the process.
      client.on('error', (error) => this.#lose(client, error))
      try {
        await within(
          CONNECT_TIMEOUT_MS,
          client.connect().then(() => client.ping()),
        )
        this.#client = client
        this.#options.logger.log('info', 'redis_connected')
        return
      } catch (error) {
        client.destroy()
        if (tries === 0) this.#options.logger.log('warn', 'redis_away', { error })
        await this.#pause()
      }
    }
  }

  async #pause(): Promise<void> {
    await sleep(RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => {})
  }
}

function newClient(url: string) {
  return createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    socket: { reconnectStrategy: false, connectTimeout: TCP_TIMEOUT_MS },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  })
}

// Counted in steps: while this process itself is too busy to read an answer, no step passes.
function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  let steps = 0
  const timer = setInterval(() => {
    steps++
    if (steps === TIMEOUT_STEPS) late.reject(new Error(`no answer in ${timeoutMs} ms`))
  }, timeoutMs / TIMEOUT_STEPS)
  return Promise.race([work, late.promise]).finally(() => clearInterval(timer))
}

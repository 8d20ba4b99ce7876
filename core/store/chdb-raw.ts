import { randomUUID } from 'node:crypto'
import { Session } from 'chdb'
import { storeErrorOf } from './clickhouse-errors.ts'
import {
  DEFAULT_TIMEOUT_MS,
  OVERRUN_MS,
  QUERY_SETTINGS,
  rejectOn,
  STREAM_SETTINGS,
} from './clickhouse-shared.ts'
import { CONFINED_FORMAT, confinedAnswer, confinedSettings } from './confinement.ts'
import { withLiterals } from './literals.ts'
import type { ConfinedAnswer, Confinement, RawStore, StreamOptions } from './raw-store.ts'
import { SerialQueue } from './serial-queue.ts'
import { type Query, StoreError } from './store.ts'

/** The database that chDB begins with. */
const DATABASE = 'default'

export interface ChdbRawOptions {
  path: string
  maxMemoryBytes: number
  /** Ends the statement of that log_comment. */
  kill(mark: string): void
}

/**
 * Long answers and foreign statements of chDB. Each has a session of its own, whose settings hold for
 * whatever runs in it, and values as literals: bound ones would make every other query of the process wait.
 */
export class ChdbRaw implements RawStore {
  readonly #options: ChdbRawOptions
  /** One at a time: what comes from outside must not take the memory of the rest. */
  readonly #foreign = new SerialQueue()
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor(options: ChdbRawOptions) {
    this.#options = options
  }

  async *stream(query: Query, options: StreamOptions): AsyncGenerator<Uint8Array> {
    const stop = this.#stopping(options.signal)
    stop.throwIfAborted()
    const ended = this.#begin()
    const session = new Session(this.#options.path)
    try {
      const settings = { ...STREAM_SETTINGS, max_memory_usage: this.#options.maxMemoryBytes }
      await set(session, settings, options.timeoutMs)
      const chunks = session.queryStream(withLiterals(query), { format: options.format })
      for await (const chunk of chunks) {
        stop.throwIfAborted()
        yield chunk.raw()
      }
    } catch (error) {
      if (stop.aborted) throw stop.reason
      throw storeErrorOf(error instanceof Error && error.cause ? error.cause : error, 'query')
    } finally {
      session.close()
      ended()
    }
  }

  async confined(query: Query, confinement: Confinement): Promise<ConfinedAnswer> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, maxRows } = confinement
    const signal = this.#stopping(confinement.signal)
    const deadline = Date.now() + timeoutMs
    // The caller need not wait for the engine to notice.
    const overrun = AbortSignal.timeout(timeoutMs + OVERRUN_MS)
    const run = () => this.#confined(query, confinement, deadline, signal)
    const answer = this.#foreign.run(run, { signal, startBefore: deadline })
    try {
      const late = rejectOn(AbortSignal.any([signal, overrun]))
      return confinedAnswer(await Promise.race([answer, late]), maxRows)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (overrun.aborted) throw new StoreError('too_heavy', 'the engine did not answer in time')
      throw storeErrorOf(error, 'query')
    }
  }

  /** Ends what is running, and resolves when it has ended. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the store is closed'))
    await Promise.all([this.#foreign.idle(), ...this.#running])
  }

  async #confined(
    query: Query,
    confinement: Confinement,
    deadline: number,
    signal: AbortSignal,
  ): Promise<string> {
    const session = new Session(this.#options.path)
    const mark = `headwater-${randomUUID()}`
    const kill = () => this.#options.kill(mark)
    const leftMs = Math.max(deadline - Date.now(), 1)
    const overrun = setTimeout(kill, leftMs + OVERRUN_MS)
    signal.addEventListener('abort', kill, { once: true })
    try {
      const own = confinedSettings(confinement, [`${DATABASE}.events`])
      const settings = { ...QUERY_SETTINGS, ...own, log_comment: mark }
      await set(session, settings, leftMs, 'readonly = 1')
      const result = await session.queryAsync(withLiterals(query), { format: CONFINED_FORMAT })
      return result.text()
    } finally {
      clearTimeout(overrun)
      signal.removeEventListener('abort', kill)
      session.close()
    }
  }

  #stopping(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal
  }

  #begin(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#running.add(promise)
    return () => {
      this.#running.delete(promise)
      resolve()
    }
  }
}

/** Sets what holds in a session from here on. */
async function set(
  session: Session,
  settings: Record<string, string | number>,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  last?: string,
): Promise<void> {
  const assigned = Object.entries(settings).map(([name, value]) => `${name} = ${assignable(value)}`)
  const all = [...assigned, `max_execution_time = ${timeoutMs / 1000}`, ...(last ? [last] : [])]
  await session.queryAsync(`SET ${all.join(', ')}`)
}

// A map is written as it is; a text is one of ours, without quotes.
const assignable = (value: string | number): string =>
  typeof value === 'number' || value.startsWith('{') ? String(value) : `'${value}'`

import type { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { storeErrorOf } from './clickhouse-errors.ts'
import {
  DEFAULT_TIMEOUT_MS,
  OVERRUN_MS,
  QUERY_SETTINGS,
  rejectOn,
  STREAM_SETTINGS,
} from './clickhouse-shared.ts'
import { CONFINED_FORMAT, confinedAnswer, confinedSettings } from './confinement.ts'
import type { ConfinedAnswer, Confinement, RawStore, StreamOptions } from './raw-store.ts'
import { type Query, StoreError } from './store.ts'

export interface ClickHouseRawOptions {
  client: ClickHouseClient
  /** Names, with the database, under which events are read. */
  tables: readonly string[]
  /** Settings of every query. */
  settings: ClickHouseSettings
}

/** Long answers and foreign statements of a ClickHouse server, over connections of their own. */
export class ClickHouseRaw implements RawStore {
  readonly #options: ClickHouseRawOptions

  constructor(options: ClickHouseRawOptions) {
    this.#options = options
  }

  async *stream(query: Query, options: StreamOptions): AsyncGenerator<Uint8Array> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, format } = options
    signal?.throwIfAborted()
    // Also ends a query whose answer is not read to its end.
    const stop = new AbortController()
    const all = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
    try {
      const { stream } = await this.#options.client.exec({
        query: `${query.text}\nFORMAT ${format}`,
        ...(query.params && { query_params: query.params }),
        abort_signal: all,
        clickhouse_settings: {
          ...this.#settings(timeoutMs),
          ...STREAM_SETTINGS,
          readonly: '2',
          // Nothing is held until the end: an error midway cuts the answer off.
          wait_end_of_query: 0,
        },
      })
      // The client ends a request only until its answer begins.
      all.addEventListener('abort', () => stream.destroy(all.reason), { once: true })
      yield* whole(stream)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw storeErrorOf(error, 'query')
    } finally {
      stop.abort()
    }
  }

  async confined(query: Query, confinement: Confinement): Promise<ConfinedAnswer> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, maxRows } = confinement
    signal?.throwIfAborted()
    const overrun = AbortSignal.timeout(timeoutMs + OVERRUN_MS)
    const stop = signal ? AbortSignal.any([signal, overrun]) : overrun
    try {
      const answer = await this.#options.client.query({
        query: query.text,
        ...(query.params && { query_params: query.params }),
        format: CONFINED_FORMAT,
        abort_signal: stop,
        clickhouse_settings: {
          ...this.#settings(timeoutMs),
          ...(confinedSettings(confinement, this.#options.tables) as ClickHouseSettings),
          // The statement can change nothing of these.
          readonly: '1',
        },
      })
      return confinedAnswer(await Promise.race([answer.text(), rejectOn(stop)]), maxRows)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (overrun.aborted) throw new StoreError('too_heavy', 'the server did not answer in time')
      throw storeErrorOf(error, 'query')
    }
  }

  #settings(timeoutMs: number): ClickHouseSettings {
    return {
      ...QUERY_SETTINGS,
      cancel_http_readonly_queries_on_client_close: 1,
      ...this.#options.settings,
      max_execution_time: timeoutMs / 1000,
    }
  }
}

async function* whole(stream: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield chunk as Uint8Array
}

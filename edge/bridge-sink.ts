import { BATCH_PATH, batchHeaders } from '@headwater/schemas/batch'
import type { EdgeConfig } from './config.ts'
import { regionOfShard } from './regions.ts'
import { type Batch, type Sink, SinkError } from './sink.ts'

export interface BridgeOptions {
  bridgeUrl: string
  bridgeSecret: string
  bridgeTimeoutMs: number
}

/** What can never be taken, unlike a wrong clock (401), a full disk (503) or a bug on the way (5xx). */
const POISON_STATUS = new Set([400, 413, 422])

/**
 * The bridge of a shard's region. A shard of a region that is not configured, or no longer, keeps its
 * batches until it is: no other bridge may have them.
 */
export function bridgeOf({ regions, bridgeTimeoutMs }: EdgeConfig, shard: string): Sink {
  const region = regionOfShard(regions, shard)
  if (region) return new BridgeSink({ ...region, bridgeTimeoutMs })
  return {
    send: () => Promise.reject(new SinkError('its region is not configured at this edge', true)),
  }
}

/** Sends batches to a bridge over signed HTTPS. */
export class BridgeSink implements Sink {
  readonly #options: BridgeOptions

  constructor(options: BridgeOptions) {
    this.#options = options
  }

  async send(batch: Batch): Promise<void> {
    const { bridgeUrl, bridgeSecret, bridgeTimeoutMs } = this.#options
    const headers = await batchHeaders(bridgeSecret, batch.id, batch.events, batch.body, Date.now())
    let response: Response
    let answer: string
    try {
      response = await fetch(`${bridgeUrl}${BATCH_PATH}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/octet-stream' },
        body: batch.body,
        redirect: 'manual',
        signal: AbortSignal.timeout(bridgeTimeoutMs),
      })
      answer = await response.text()
    } catch (error) {
      throw new SinkError(`no answer from the bridge: ${messageOf(error)}`, true)
    }
    if (response.status !== 200) {
      throw new SinkError(
        `the bridge answered ${response.status}: ${answer.slice(0, 200)}`,
        !POISON_STATUS.has(response.status),
        retryAfterMs(response.headers.get('retry-after')),
      )
    }
    // A proxy's friendly 200 page must not make us forget a batch.
    if (acknowledgedCount(answer) !== batch.events) {
      throw new SinkError('the bridge did not acknowledge every event', true)
    }
  }
}

function acknowledgedCount(answer: string): number | null {
  try {
    const { acknowledged } = JSON.parse(answer) as { acknowledged?: unknown }
    return typeof acknowledged === 'number' ? acknowledged : null
  } catch {
    return null
  }
}

function retryAfterMs(header: string | null): number | null {
  if (!header) return null
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) && ms >= 0 ? ms : null
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

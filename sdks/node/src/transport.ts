import { type Answer, interpret, NO_ANSWER } from '../../delivery/answer.ts'
import { startTimer } from './timers.ts'

/** Below this gzip saves less than it costs. */
const MIN_GZIP_BYTES = 1_024

export interface TransportOptions {
  url: string
  gzip: boolean
  requestTimeoutMs: number
  fetch: typeof fetch
  /** Told why an attempt came to no decision. */
  onFailure(message: string): void
}

export interface Transport {
  /** Sends one body. Never rejects: a server that is away is an answer like any other. */
  send(body: string): Promise<Answer>
  /** Ends what is in flight: a request that hangs would keep the process. */
  abort(): void
}

export function openTransport(options: TransportOptions): Transport {
  const { url, requestTimeoutMs, onFailure } = options
  const canGzip = options.gzip && typeof CompressionStream === 'function'
  const inFlight = new Set<AbortController>()
  return {
    async send(text) {
      const stop = new AbortController()
      const tooLate = () => stop.abort(new Error(`No answer within ${requestTimeoutMs} ms.`))
      const timer = startTimer(tooLate, requestTimeoutMs)
      inFlight.add(stop)
      try {
        const { body, headers } = await encode(text, canGzip)
        const { signal } = stop
        const response = await options.fetch(url, { method: 'POST', body, headers, signal })
        const answer = interpret(response, await response.text())
        if (answer.outcome === 'retry') onFailure(`The server answered ${response.status}.`)
        return answer
      } catch (error) {
        onFailure(messageOf(stop.signal.aborted ? stop.signal.reason : error))
        return NO_ANSWER
      } finally {
        clearTimeout(timer)
        inFlight.delete(stop)
      }
    },
    abort() {
      for (const stop of inFlight) stop.abort(new Error('The time to send was over.'))
    },
  }
}

async function encode(
  text: string,
  canGzip: boolean,
): Promise<{ body: Blob | string; headers: Record<string, string> }> {
  const headers = { 'content-type': 'application/json' }
  if (!canGzip || text.length < MIN_GZIP_BYTES) return { body: text, headers }
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  // Whole, not as a stream: fetch can then send it again after a redirect, and say how long it is.
  const body = await new Response(packed).blob()
  return { body, headers: { ...headers, 'content-encoding': 'gzip' } }
}

// What fetch throws names the cause one level below: "fetch failed" alone helps nobody.
function messageOf(error: unknown): string {
  const { message, cause } = error as { message?: unknown; cause?: { message?: unknown } }
  return [message, cause?.message].filter(Boolean).map(String).join(' ') || String(error)
}

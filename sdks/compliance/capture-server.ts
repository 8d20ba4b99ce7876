import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import {
  type AcceptedEvent,
  type Event,
  type JsonObject,
  parseEvents,
} from '@headwater/schemas/event'
import { isGzip } from '@headwater/schemas/gzip'
import { freePorts } from '../../infra/services/ports.ts'
import { batchItems } from './batch-text.ts'

/** What the server does with one request. Without anything said: stores the events and answers 200. */
export interface Behaviour {
  /** @default 200 */
  status?: number
  /** Whether the events are stored, whatever is answered. @default when the status is 200 */
  stores?: boolean
  /** The header Retry-After. */
  retryAfter?: string
  /** Instead of the service's own words. */
  body?: string
  /** Closes the connection without an answer. */
  cuts?: boolean
  /** Waits before it answers; Infinity: it never does. */
  delayMs?: number
}

export const OK: Behaviour = {}
export const STORED_BUT_500: Behaviour = { status: 500, stores: true }
export const CUT: Behaviour = { cuts: true, stores: false }
export const STORED_BUT_CUT: Behaviour = { cuts: true, stores: true }
export const HANG: Behaviour = { stores: false, delayMs: Number.POSITIVE_INFINITY }
/** The login page of a hotel's network. */
export const PORTAL: Behaviour = { stores: false, body: '<html>Welcome! Please log in.</html>' }
export const busy = (status: number, retryAfter?: string): Behaviour => ({
  status,
  ...(retryAfter !== undefined && { retryAfter }),
})

export type SentEvent = Event & { uuid: string; timestamp: string; properties: JsonObject }

export interface Received {
  /** When it was there in full, and when it was answered or cut off; ms of this process's clock. */
  at: number
  answeredAt: number
  path: string
  headers: IncomingMessage['headers']
  /** As it arrived, and unpacked. */
  wireBytes: number
  bytes: number
  body: { api_key: string; sent_at: string; batch: SentEvent[] }
  /** Each event's JSON, byte for byte. */
  items: string[]
  behaviour: Behaviour
  /** What was answered; 0: nothing. */
  status: number
}

/** An event that the server took, as the contract reads it. */
export interface StoredEvent extends AcceptedEvent {
  /** How often it was stored: more than once is the sender's own retry. */
  copies: number
  sent: SentEvent
}

/** A capture service that does what the script says with each request, judges by the contract, and remembers. */
export class CaptureServer {
  readonly received: Received[] = []
  /** By uuid, in the order of their first arrival. */
  readonly stored = new Map<string, StoredEvent>()
  /** Requests of a browser that asks first. */
  preflights = 0
  /** For the next requests, in order. */
  script: Behaviour[] = []
  /** After the script. */
  otherwise: (request: Received) => Behaviour = () => OK
  /** Larger bodies are answered 413. */
  maxBodyBytes = Number.POSITIVE_INFINITY
  #server = createServer((request, response) => void this.#handle(request, response))

  /** Without a port takes one that stays its own also while it is away. Rejects when it is taken. */
  static async start(port?: number): Promise<CaptureServer> {
    const capture = new CaptureServer()
    const [free] = port === undefined ? await freePorts(1) : [port]
    const listening = once(capture.#server, 'listening')
    capture.#server.listen(free, '127.0.0.1')
    await listening
    return capture
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Names of the stored events, in the order of their first arrival. */
  get names(): string[] {
    return [...this.stored.values()].map(({ event }) => event)
  }

  /** Goes away. It may be closed twice. */
  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'OPTIONS') {
      this.preflights++
      return void response.writeHead(204, cors(request)).end()
    }
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const wire = Buffer.concat(chunks)
    const received = read(request, wire)
    this.received.push(received)
    const { items, body } = received
    if (received.bytes > this.maxBodyBytes) received.behaviour = { status: 413 }
    else received.behaviour = this.script.shift() ?? this.otherwise(received)
    const { status = 200, delayMs = 0, cuts = false, ...behaviour } = received.behaviour

    const { accepted, dropped } = parseEvents(items.map((item) => JSON.parse(item)))
    if (behaviour.stores ?? (status === 200 && !cuts)) {
      for (const { index, event } of accepted) this.#store(event, body.batch[index] as SentEvent)
    }
    if (delayMs === Number.POSITIVE_INFINITY) return
    if (delayMs > 0) await sleep(delayMs)
    received.answeredAt = performance.now()
    if (cuts) return void request.socket.destroy()
    received.status = status
    response.writeHead(status, {
      'content-type': 'application/json',
      ...cors(request),
      ...(behaviour.retryAfter !== undefined && { 'retry-after': behaviour.retryAfter }),
    })
    const error = { code: `scripted_${status}`, message: `Answer ${status} of the script.` }
    const own = status === 200 ? { status: 'Ok', accepted: accepted.length, dropped } : { error }
    response.end(behaviour.body ?? JSON.stringify(own))
  }

  #store(event: AcceptedEvent, sent: SentEvent): void {
    const uuid = event.uuid ?? `without uuid ${this.stored.size}`
    const known = this.stored.get(uuid)
    if (known) known.copies++
    else this.stored.set(uuid, { ...event, copies: 1, sent })
  }
}

function read(request: IncomingMessage, wire: Buffer): Received {
  const plain = isGzip(wire) ? gunzipSync(wire) : wire
  const text = plain.toString()
  return {
    at: performance.now(),
    answeredAt: Number.NaN,
    path: request.url ?? '',
    headers: request.headers,
    wireBytes: wire.length,
    bytes: plain.length,
    body: JSON.parse(text) as Received['body'],
    items: batchItems(text),
    behaviour: OK,
    status: 0,
  }
}

function cors(request: IncomingMessage): Record<string, string> {
  return {
    'access-control-allow-origin': request.headers.origin ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-expose-headers': 'retry-after',
  }
}

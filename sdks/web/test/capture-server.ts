import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event, JsonObject } from '@headwater/schemas/event'

export type SentEvent = Event & { uuid: string; timestamp: string; properties: JsonObject }

export interface Received {
  method: string
  path: string
  headers: IncomingMessage['headers']
  bytes: number
  body: { api_key: string; sent_at: string; batch: SentEvent[] }
  /** The `batch` array, byte for byte. */
  batchText: string
  /** What this server answered; 0: it cut the connection. */
  status: number
}

/** One scripted answer: `cut` closes the connection without one. */
export type Answer =
  | { status: number; body?: object | string; retryAfter?: string; delayMs?: number }
  | 'cut'

/** A capture service that answers by script, then 200 as the real one does. */
export class CaptureServer {
  readonly received: Received[] = []
  /** Answers of the next requests, in order. */
  script: Answer[] = []
  /** Used after the script; null answers 200. */
  otherwise: ((request: Received) => Answer) | null = null
  /** What GET /analytics.js answers; null is 404. */
  sdk: string | null = null
  #server = createServer((request, response) => void this.#handle(request, response))

  static async start(): Promise<CaptureServer> {
    const capture = new CaptureServer()
    await new Promise<void>((resolve) => capture.#server.listen(0, '127.0.0.1', resolve))
    return capture
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The events of all requests that were answered 200, in order of arrival. */
  get acknowledged(): SentEvent[] {
    return this.received.filter(({ status }) => status === 200).flatMap(({ body }) => body.batch)
  }

  get names(): string[] {
    return this.acknowledged.map(({ event }) => event)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serveSdk(response: ServerResponse): void {
    response.writeHead(this.sdk === null ? 404 : 200, { 'content-type': 'text/javascript' })
    response.end(this.sdk ?? '')
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return this.#serveSdk(response)
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const text = Buffer.concat(chunks).toString()
    const received: Received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      bytes: Buffer.byteLength(text),
      body: text ? JSON.parse(text) : { api_key: '', sent_at: '', batch: [] },
      batchText: /"batch":(.*)\}$/s.exec(text)?.[1] ?? '',
      status: 0,
    }
    const answer = this.script.shift() ?? this.otherwise?.(received) ?? { status: 200 }
    if (answer !== 'cut') received.status = answer.status
    this.received.push(received)
    if (answer === 'cut') return void request.socket.destroy()
    if (answer.delayMs) await sleep(answer.delayMs)
    const accepted = { status: 'Ok', accepted: received.body.batch.length, dropped: [] }
    const body = answer.body ?? (answer.status === 200 ? accepted : { error: errorOf(answer) })
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after',
      ...(answer.retryAfter && { 'retry-after': answer.retryAfter }),
    })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

function errorOf({ status }: { status: number }) {
  return { code: `scripted_${status}`, message: `Answer ${status} of the test.` }
}

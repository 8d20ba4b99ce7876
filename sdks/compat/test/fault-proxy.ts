import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../../../infra/services/ports.ts'

/** What is done to one request of events, instead of passing it on and its answer back. */
export type Fault =
  | 'pass'
  /** The connection is cut before the edge has seen anything. */
  | 'cut'
  /** The edge has answered, and the connection is cut instead. */
  | 'cut after'
  /** The edge has answered, and the answer comes so late. */
  | { lateMs: number }
  /** An answer that the edge, or what is before it, would give. */
  | { status: number; retryAfterS?: number }

/** One request of events, in the order in which they came. */
export interface Seen {
  path: string
  fault: Fault
  /** Of the edge; null when it was not asked. */
  status: number | null
}

/** Everything else that clients ask a host for: settings, flags, recordings, measures of their own. */
const COMPANIONS = /^\/(flags|decide|array|static|s|sourceConfig|v1\/projects|v1\/m|m)\b/

/** What a client is given as its host: the edge, with a script of faults for the requests of events. */
export class FaultProxy {
  /** One for each request of events to come; the others pass. */
  script: Fault[] = []
  readonly seen: Seen[] = []
  /** Requests that were answered with an error of the edge's own: path and status. */
  readonly refused: string[] = []
  readonly #target: URL
  readonly #port: number
  #server: Server

  private constructor(target: string, port: number) {
    this.#target = new URL(target)
    this.#port = port
    this.#server = this.#create()
  }

  static async start(target: string): Promise<FaultProxy> {
    const [port = 0] = await freePorts(1)
    const proxy = new FaultProxy(target, port)
    await proxy.#listen()
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** From now on connections are refused, and those that are open are cut. */
  async goAway(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async comeBack(): Promise<void> {
    this.#server = this.#create()
    await this.#listen()
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.goAway()
  }

  #create(): Server {
    return createServer((incoming, response) => {
      this.#answer(incoming, response).catch(() => response.destroy())
    })
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#port, '127.0.0.1', () => resolve())
    })
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const path = (incoming.url ?? '/').split('?')[0] ?? '/'
    const isOfEvents = incoming.method === 'POST' && !COMPANIONS.test(path)
    const fault = (isOfEvents && this.script.shift()) || 'pass'
    const seen: Seen = { path, fault, status: null }
    if (isOfEvents) this.seen.push(seen)
    if (fault === 'cut') return void response.destroy()
    if (typeof fault === 'object' && 'status' in fault) return refuse(incoming, response, fault)
    const answer = await this.#passOn(incoming, Buffer.concat(chunks))
    const status = answer.statusCode ?? 0
    seen.status = status
    if (status >= 400) this.refused.push(`${incoming.method} ${incoming.url}: ${status}`)
    if (fault === 'cut after') return void response.destroy()
    if (fault !== 'pass') await sleep(fault.lateMs)
    response.writeHead(status, answer.headers)
    answer.pipe(response)
  }

  #passOn({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { hostname, port } = this.#target
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, method, path: url, headers }, resolve)
      sent.once('error', reject)
      sent.end(body)
    })
  }
}

/** As the edge refuses: a browser may read it. */
function refuse(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { status, retryAfterS }: { status: number; retryAfterS?: number },
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(headers.origin && {
      'access-control-allow-origin': headers.origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after',
    }),
    ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
  })
  const message = 'The buffer is full for the moment.'
  response.end(JSON.stringify({ error: { code: 'backlog_full', message }, detail: message }))
}

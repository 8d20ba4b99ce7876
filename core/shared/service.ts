import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'

/** Something that runs until it is closed. `close` finishes what is in flight. */
export interface Service {
  /** Where it listens, such as `http://127.0.0.1:8003`; null when it does not. */
  readonly url: string | null
  close(): Promise<void>
}

/** How long a request may take to arrive: headers, then the whole of it (slow senders end here). */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const DRAIN_TIMEOUT_MS = 8_000
const SWEEP_MS = 100

type Fetch = (request: Request) => Response | Promise<Response>

/** Serves a Hono app. Rejects when the address is taken. */
export function listen(fetch: Fetch, host: string, port: number): Promise<Service> {
  return new Promise((resolve, reject) => {
    const server: ServerType = serve({
      fetch,
      hostname: host,
      port,
      serverOptions: {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
      },
    })
    server.once('error', reject)
    server.once('listening', () => {
      const address = server.address() as AddressInfo
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
      resolve({ url: `http://${name}:${address.port}`, close: () => drain(server) })
    })
  })
}

// Stops accepting, lets requests in flight end, and cuts what is still open after the time. A client that
// keeps its connection busy is told with its next answer to make another one, elsewhere.
function drain(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    const { promise: closed, resolve: close } = Promise.withResolvers<void>()
    server.close(() => close())
    if (!('closeIdleConnections' in server)) return void closed.then(resolve)
    server.prependListener('request', (_, response) => response.setHeader('connection', 'close'))
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS)
    void closed.then(() => {
      clearInterval(sweep)
      clearTimeout(cut)
      resolve()
    })
  })
}

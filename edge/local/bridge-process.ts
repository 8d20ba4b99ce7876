import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { decodeFrames } from '@headwater/schemas/record'

/** A bridge on a real socket that acknowledges and remembers, or is away. */
export class LocalBridge {
  readonly records: { uuid: string; shard: string; seq: number }[] = []
  isAway = false
  readonly #server: Server

  static async start(): Promise<LocalBridge> {
    const bridge = new LocalBridge()
    await new Promise<void>((resolve) => bridge.#server.listen(0, '127.0.0.1', resolve))
    return bridge
  }

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      try {
        for await (const chunk of request) chunks.push(chunk)
      } catch {
        // The edge was killed in the middle of it; it sends the batch again.
        return
      }
      if (request.method === 'GET') return void response.end('{"revoked":[]}')
      if (this.isAway) return void response.writeHead(503, { 'retry-after': '1' }).end()
      const frames = decodeFrames(gunzipSync(Buffer.concat(chunks)).toString())
      const shard = String(request.headers['x-headwater-shard'])
      const seq = Number(request.headers['x-headwater-seq'])
      for (const { uuid } of frames) this.records.push({ uuid, shard, seq })
      response.end(JSON.stringify({ acknowledged: frames.length }))
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

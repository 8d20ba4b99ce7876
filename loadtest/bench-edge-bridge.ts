// A bridge that acknowledges and only counts, so that the bench measures the edge. Prints its port.
// GET /received tells how many different events came in; DELETE /received starts again from none.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { BATCH_HEADERS } from '@headwater/schemas/batch'
import { isGzip } from '@headwater/schemas/gzip'

const NEWLINE = 0x0a
let batches = new Set<string>()
let received = 0

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.once('end', () => {
    if (request.method === 'POST') return takeBatch(request, Buffer.concat(chunks), response)
    if (request.method === 'DELETE') forget()
    answer(response, request.url === '/received' ? { received } : { revoked: [] })
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit(0))

function takeBatch({ headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const id = `${headers[BATCH_HEADERS.shard]} ${headers[BATCH_HEADERS.seq]}`
  // Frames are counted in the bytes themselves: the header is only the edge's word.
  if (!batches.has(id)) received += countFrames(body)
  batches.add(id)
  answer(response, { acknowledged: Number(headers[BATCH_HEADERS.events]) })
}

function countFrames(body: Buffer): number {
  const frames = isGzip(body) ? gunzipSync(body) : body
  let count = 0
  for (let at = frames.indexOf(NEWLINE); at !== -1; at = frames.indexOf(NEWLINE, at + 1)) count++
  return count
}

function forget(): void {
  batches = new Set()
  received = 0
}

function answer(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}

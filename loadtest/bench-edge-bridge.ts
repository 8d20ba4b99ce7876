// A bridge that acknowledges and keeps nothing, so that the bench measures the edge. Prints its port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    const acknowledged = Number(request.headers['x-headwater-events'] ?? 0)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.method === 'POST' ? { acknowledged } : { revoked: [] }))
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit(0))

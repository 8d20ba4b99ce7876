// Floor: a Worker that only parses the request's JSON. What any capture at the edge must at least do.
import { DurableObject } from 'cloudflare:workers'

export class BufferObject extends DurableObject {}

export default {
  async fetch(request) {
    if (request.method === 'GET') return new Response('ok')
    const body = await request.json()
    const accepted = body.batch?.length ?? 1
    return Response.json({ status: 'Ok', accepted, dropped: [] })
  },
}

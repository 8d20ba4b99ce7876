// Floor: one call to a Durable Object per request, which only answers: no storage, no checks.
import { DurableObject } from 'cloudflare:workers'

export class BufferObject extends DurableObject {
  append(body) {
    return body.batch?.length ?? 1
  }
}

export default {
  async fetch(request, env) {
    if (request.method === 'GET') return new Response('ok')
    const accepted = await env.BUFFER.getByName('floor').append(await request.json())
    return Response.json({ status: 'Ok', accepted, dropped: [] })
  },
}

// A Worker with a client for all of its requests, made where no request is: there it may neither ask for
// random numbers nor start a timer.
import { env, waitUntil } from 'cloudflare:workers'
import { createClient } from '../../dist/index.mjs'

const errors = []
const options = {
  host: env.CAPTURE_URL,
  waitUntilTimeoutMs: Number(env.WAIT_UNTIL_TIMEOUT_MS),
  onError: (error) => errors.push(error),
}
const client = createClient('wk_default_1_0', options)
const bound = createClient('wk_default_1_0', { ...options, waitUntil })

export default {
  async fetch(request, _env, context) {
    const { pathname, searchParams } = new URL(request.url)
    const names = (searchParams.get('events') ?? '').split(',')
    if (pathname === '/stats') return Response.json({ ...client.stats(), errors })
    const used = pathname === '/option' ? bound : client.withContext(context)
    const uuids = names.map((event) => used.capture({ event, distinct_id: 'ann' }))
    if (pathname === '/flush') await used.flush()
    return Response.json(uuids)
  },
}

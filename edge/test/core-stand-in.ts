// The far side of the edge's calls in tests: the bridge and the auth service, as far as the edge sees
// them, in the Node process beside workerd. It verifies signatures with the contract's own code.
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { verifyBatch } from '@headwater/schemas/batch'
import { isGzip } from '@headwater/schemas/gzip'
import { constantTimeEqual, hmacSha256 } from '@headwater/schemas/signature'
import type { WriteKey } from '@headwater/schemas/write-key'
import { TEST_BINDINGS } from './bindings.ts'

/** What the stand-in does with one call instead of acknowledging it. */
export interface Answer {
  status: number
  body?: string
  retry_after?: string
  delay_ms?: number
}

/** One call of a bridge, as it arrived. */
export interface Attempt {
  /** The bridge's host. */
  bridge: string
  shard: string
  seq: number
  events: number
  /** Unpacked. */
  body: string
  status: number
  at: number
}

const attempts = new Map<string, Attempt[]>()
const answers = new Map<string, Answer[]>()
/** By the host of the auth service. */
const revocations = new Map<string, { revoked: WriteKey[]; isDown: boolean }>()

/** What the core of a host shares with the edge. */
function secretOf({ host }: URL): string {
  return host.includes('.eu.') ? TEST_BINDINGS.BRIDGE_SECRET_EU : TEST_BINDINGS.BRIDGE_SECRET
}

type Handler = (request: Request, url: URL) => Response | Promise<Response>

const handlers: Record<string, Handler> = {
  'bridge.test/v1/batches': takeBatch,
  'bridge.eu.test/v1/batches': takeBatch,
  'bridge.far.test/v1/batches': takeBatch,
  'auth.test/internal/revocations': tellRevocations,
  'auth.eu.test/internal/revocations': tellRevocations,
  'control.test/answers': async (request, url) => {
    answers.set(url.searchParams.get('shard') ?? '', (await request.json()) as Answer[])
    return new Response('ok')
  },
  'control.test/attempts': (_request, url) =>
    Response.json(attempts.get(url.searchParams.get('shard') ?? '') ?? []),
  'control.test/bridges': (_request, url) => {
    const text = url.searchParams.get('text') ?? ''
    const got = [...attempts.values()].flat().filter(({ body }) => body.includes(text))
    return Response.json([...new Set(got.map(({ bridge }) => bridge))])
  },
  'control.test/revocations': async (request, url) => {
    const said = (await request.json()) as { revoked: WriteKey[]; isDown: boolean }
    revocations.set(url.searchParams.get('auth') ?? '', said)
    return new Response('ok')
  },
}

// biome-ignore lint/suspicious/noExplicitAny: Miniflare passes its own Request class, of the same shape.
export async function answerAsCore(request: any): Promise<any> {
  const { Response: MiniflareResponse } = await import('miniflare')
  const url = new URL(request.url)
  const handler = handlers[`${url.host}${url.pathname}`]
  const response = handler
    ? await handler(request, url)
    : new Response('nothing here', { status: 404 })
  return new MiniflareResponse(await response.arrayBuffer(), {
    status: response.status,
    headers: Object.fromEntries(response.headers),
  })
}

async function takeBatch(request: Request, url: URL): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer())
  const header = (name: string) => request.headers.get(name)
  const id = await verifyBatch(secretOf(url), header, body, Date.now())
  if (typeof id === 'string') return Response.json({ error: id }, { status: 401 })
  const name = id.shard.split('@')[0] ?? ''
  const answer = answers.get(name)?.shift() ?? { status: 200 }
  const events = Number(header('x-headwater-events'))
  const known = attempts.get(name) ?? []
  attempts.set(name, known)
  const text = new TextDecoder().decode(isGzip(body) ? gunzipSync(body) : body)
  const { status } = answer
  known.push({ ...id, bridge: url.host, events, body: text, status, at: Date.now() })
  if (answer.delay_ms) await sleep(answer.delay_ms)
  const headers = new Headers()
  if (answer.retry_after) headers.set('retry-after', answer.retry_after)
  const text200 = JSON.stringify({ acknowledged: events })
  return new Response(answer.body ?? (answer.status === 200 ? text200 : 'refused'), {
    status: answer.status,
    headers,
  })
}

async function tellRevocations(request: Request, url: URL): Promise<Response> {
  const time = request.headers.get('x-headwater-time') ?? ''
  const expected = await hmacSha256(secretOf(url), `${time}\n/internal/revocations`)
  const isSigned = constantTimeEqual(expected, request.headers.get('x-headwater-signature') ?? '')
  const { revoked = [], isDown = false } = revocations.get(url.host) ?? {}
  if (isDown || !isSigned) return new Response('away', { status: 503 })
  return Response.json({ revoked })
}

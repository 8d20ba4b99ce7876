// Stage 8 of 8: site. In: results of the query API. Out: pictures and tables in a browser.
// Promise: what is drawn is what the query API answered, with how far it is complete beside it.
import type {
  ApiError,
  EventNames,
  Freshness,
  FunnelQuery,
  FunnelResult,
  PropertyNames,
  TrendQuery,
  TrendResult,
} from '@headwater/schemas/insight'
import type { InsightInput, InsightKind, InsightResult } from '@headwater/schemas/insights/insight'
import { savedCredential } from './connection.ts'
import { readMessages, type StreamMessage, Watchdog } from './event-stream.ts'

export type InsightInputOf<Kind extends InsightKind> = Extract<InsightInput, { kind: Kind }>
export type InsightResultOf<Kind extends InsightKind> = Extract<InsightResult, { kind: Kind }>

/** A call of any other route. */
export interface ApiCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With its query string. */
  path: string
  /** Sent as JSON. */
  body?: unknown
  /** The version that is changed, where the body does not name it (If-Match). */
  version?: number
  signal?: AbortSignal | undefined
}

/** Answers questions about one Query API. Every method rejects with a QueryError, or as aborted. */
export interface QueryClient {
  /** Resolves when a Headwater Query API answers at the address; says why when none does. */
  check(signal?: AbortSignal): Promise<void>
  trend(query: TrendQuery, signal?: AbortSignal): Promise<TrendResult>
  funnel(query: FunnelQuery, signal?: AbortSignal): Promise<FunnelResult>
  eventNames(project: string, signal?: AbortSignal): Promise<EventNames>
  properties(project: string, signal?: AbortSignal): Promise<PropertyNames>
  freshness(project: string, signal?: AbortSignal): Promise<Freshness>
  insight<Kind extends InsightKind>(
    query: InsightInputOf<Kind>,
    signal?: AbortSignal,
  ): Promise<InsightResultOf<Kind>>
  /** Every other route. `key` is a field that its answer always has: what lacks it is another service. */
  call<T>(call: ApiCall, key: keyof T & string): Promise<T>
  /** Listens to a route of server-sent events; resolves when the service ends them. */
  stream(path: string, listener: StreamListener, signal: AbortSignal): Promise<void>
  /**
   * What a route answers as a file, whole; `onBytes` is told how much came so far. There is no limit of
   * time, and a browser keeps what is large on its disk.
   */
  file(path: string, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<Blob>
}

export interface StreamListener {
  onOpen(): void
  onMessage(message: StreamMessage): void
}

/** Whose fault it is: the way there, what answers there, the question, or the service itself. */
export type QueryErrorKind =
  | 'unreachable'
  | 'origin_refused'
  | 'not_headwater'
  | 'refused'
  | 'failed'

export class QueryError extends Error {
  readonly kind: QueryErrorKind
  /** The field of the question at fault, dotted, when the API names one. */
  readonly field: string | null
  /** The word by which the API names the error, such as `version_conflict`; null when it did not answer. */
  readonly code: string | null

  constructor(
    kind: QueryErrorKind,
    message: string,
    field: string | null = null,
    code: string | null = null,
  ) {
    super(message)
    this.name = 'QueryError'
    this.kind = kind
    this.field = field
    this.code = code
  }
}

/** What was thrown, as an error that can be shown. */
export function toQueryError(error: unknown): QueryError {
  if (error instanceof QueryError) return error
  return new QueryError('failed', error instanceof Error ? error.message : String(error))
}

/** Longer than the query service gives its store. */
const TIMEOUT_MS = 35_000
const PROBE_TIMEOUT_MS = 3_000
/** A stream says something, if only a comment, every 15 seconds. */
const SILENCE_MS = 40_000

type Fetch = typeof globalThis.fetch

/**
 * QueryClient over HTTP. `baseUrl` has no slash at its end.
 * @param credential Sent with every question. @default what Connect remembered for this address
 */
export function httpQueryClient(
  baseUrl: string,
  fetch: Fetch = globalThis.fetch.bind(globalThis),
  credential: string | null = savedCredential(baseUrl),
): QueryClient {
  const ask = async <T>(path: string, key: keyof T & string, init: RequestInit): Promise<T> => {
    const response = await send(fetch, baseUrl, path, withCredential(init, credential))
    const body = await readJson(response, baseUrl)
    if (!response.ok) throw errorOf(response.status, body, baseUrl)
    // A proxy or another service may answer 200 with JSON of its own.
    if (!isObject(body) || !(key in body)) throw notHeadwater(baseUrl, `${path} has no "${key}"`)
    return body as T
  }
  const file: QueryClient['file'] = async (path, onBytes, signal) => {
    const init = withCredential({ signal }, credential)
    const response = await send(fetch, baseUrl, path, init, signal)
    if (!response.ok) throw errorOf(response.status, await readJson(response, baseUrl), baseUrl)
    let bytes = 0
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length
        onBytes(bytes)
        controller.enqueue(chunk)
      },
    })
    try {
      return await new Response(response.body?.pipeThrough(counter)).blob()
    } catch (error) {
      if (signal.aborted) throw error
      // The service breaks off what it could not finish: half a file is no answer.
      throw new QueryError('failed', `The file of ${baseUrl} broke off.`)
    }
  }
  const get = <T>(path: string, key: keyof T & string, signal?: AbortSignal) =>
    ask<T>(path, key, signal ? { signal } : {})
  const call = <T>({ method, path, body, version, signal }: ApiCall, key: keyof T & string) =>
    ask<T>(path, key, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(version !== undefined && { 'if-match': `"${version}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
  const ofProject = (project: string) => new URLSearchParams({ project })

  return {
    async check(signal) {
      await get<{ status: string }>('/_health', 'status', signal)
    },
    trend: (query, signal) =>
      get<TrendResult>(`/api/trends?${trendParams(query)}`, 'buckets', signal),
    funnel: (body, signal) =>
      call<FunnelResult>({ method: 'POST', path: '/api/funnels', body, signal }, 'groups'),
    insight: <Kind extends InsightKind>(body: InsightInputOf<Kind>, signal?: AbortSignal) =>
      call<InsightResultOf<Kind>>(
        { method: 'POST', path: '/api/query', body, signal },
        'complete_until' as keyof InsightResultOf<Kind> & string,
      ),
    call,
    async stream(path, { onOpen, onMessage }, signal) {
      const watchdog = new Watchdog(SILENCE_MS)
      try {
        const response = await send(
          fetch,
          baseUrl,
          path,
          withCredential({ signal }, credential),
          watchdog.signal,
        )
        if (!response.ok) {
          throw errorOf(response.status, await readJson(response, baseUrl), baseUrl)
        }
        if (!response.body || !isEventStream(response)) {
          throw notHeadwater(baseUrl, `${path} is no stream of events`)
        }
        onOpen()
        await readMessages(response.body, onMessage, () => watchdog.heard())
      } catch (error) {
        if (signal.aborted || error instanceof QueryError) throw error
        throw new QueryError('failed', `The connection to ${baseUrl} broke off.`)
      } finally {
        watchdog.stop()
      }
    },
    file,
    eventNames: (project, signal) =>
      get<EventNames>(`/api/events/names?${ofProject(project)}`, 'events', signal),
    properties: (project, signal) =>
      get<PropertyNames>(`/api/properties?${ofProject(project)}`, 'properties', signal),
    freshness: (project, signal) =>
      get<Freshness>(`/api/freshness?${ofProject(project)}`, 'complete_until', signal),
  }
}

function withCredential(init: RequestInit, credential: string | null): RequestInit {
  if (!credential) return init
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${credential}`)
  return { ...init, headers }
}

async function send(
  fetch: Fetch,
  baseUrl: string,
  path: string,
  init: RequestInit,
  timeout: AbortSignal = AbortSignal.timeout(TIMEOUT_MS),
) {
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  try {
    return await fetch(baseUrl + path, { ...init, signal })
  } catch (error) {
    if (init.signal?.aborted) throw error
    if (timeout.aborted) {
      throw new QueryError('failed', `No answer from ${baseUrl} within ${TIMEOUT_MS / 1000} s.`)
    }
    throw await unreachable(fetch, baseUrl)
  }
}

// A browser reports a refused origin and a closed port alike. An opaque request tells them apart.
async function unreachable(fetch: Fetch, baseUrl: string): Promise<QueryError> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS)
    await fetch(`${baseUrl}/_health`, { mode: 'no-cors', signal })
  } catch {
    return new QueryError('unreachable', `Cannot reach ${baseUrl}. Is Headwater running there?`)
  }
  const origin = globalThis.location?.origin ?? 'this site'
  return new QueryError(
    'origin_refused',
    `${baseUrl} answers, but does not let pages from ${origin} read it. Add that origin to SITE_ORIGINS of the service.`,
  )
}

async function readJson(response: Response, baseUrl: string): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    if (response.status >= 500) return null
    if (!(error instanceof SyntaxError)) {
      throw new QueryError('failed', `The answer of ${baseUrl} broke off.`)
    }
    throw notHeadwater(baseUrl, `it answered ${response.status} without JSON`)
  }
}

function errorOf(status: number, body: unknown, baseUrl: string): QueryError {
  if (isApiError(body)) {
    const { field, code } = body.error
    const message = code === 'unauthorized' ? wantsCredential(baseUrl) : body.error.message
    return new QueryError(status < 500 ? 'refused' : 'failed', message, field ?? null, code)
  }
  if (status >= 500) return new QueryError('failed', `${baseUrl} failed with status ${status}.`)
  return notHeadwater(baseUrl, `it answered ${status}`)
}

// The API speaks of headers to those who write programs.
const wantsCredential = (baseUrl: string): string =>
  `${baseUrl} answers only to who is signed in or has a read key of the project: sign in, or enter one that is not revoked as Read key, on the Connect page.`

function notHeadwater(baseUrl: string, why: string): QueryError {
  return new QueryError('not_headwater', `${baseUrl} is not a Headwater Query API: ${why}.`)
}

/** A trend question as GET parameters: plain values as they are, filters as JSON. */
export function trendParams(query: TrendQuery): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    if (Array.isArray(value)) {
      if (value.length > 0) params.set(name, JSON.stringify(value))
    } else params.set(name, String(value))
  }
  return params
}

const isEventStream = (response: Response) =>
  response.headers.get('content-type')?.startsWith('text/event-stream') ?? false

function isApiError(body: unknown): body is ApiError {
  return isObject(body) && isObject(body.error) && typeof body.error.message === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

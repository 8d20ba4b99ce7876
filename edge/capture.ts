// Stage 1 of 8: capture. In: HTTP requests of any client. Out: accepted events to the buffer, verdicts.
// Promise: 2xx only after the buffer holds every accepted event durably; each dropped one is named.
import { isBareJson, type Payload, unpack } from './decode.ts'
import { type Dialect, NO_HEADERS } from './dialects/dialect.ts'
import { CaptureError } from './errors.ts'
import { geoOf } from './geo.ts'
import type { Arrival, Intake, IntakeDeps } from './intake.ts'
import { countVerdicts } from './metrics.ts'
import { bodyError, readBody } from './read-body.ts'

export interface CaptureDeps extends IntakeDeps {
  intake: Intake
  waitUntil: (promise: Promise<unknown>) => void
}

/**
 * Takes in one request of events: answers 200 after they are durable, or fails with a CaptureError. Calls
 * one of the two, once.
 */
export function capture(
  request: Request,
  dialect: Dialect,
  deps: CaptureDeps,
  answer: (response: Response) => void,
  fail: (error: unknown) => void,
): void {
  const { requestTimeoutMs } = deps.config
  const progress: Progress = { hasBody: false }
  let isOver = false
  const once =
    <T>(tell: (value: T) => void) =>
    (value: T) => {
      if (isOver) return
      isOver = true
      tell(value)
    }
  const failOnce = once(fail)
  // One timer for the whole request. It is left to end with the request's context, since clearing it would
  // cost more than setting it.
  setTimeout(() => failOnce(tooLate(progress, requestTimeoutMs)), requestTimeoutMs)
  take(request, dialect, deps, progress).then(once(answer), failOnce)
}

interface Progress {
  hasBody: boolean
}

// The one async function of a plain request, for the same reason as in `handle`.
async function take(
  request: Request,
  dialect: Dialect,
  deps: CaptureDeps,
  progress: Progress,
): Promise<Response> {
  const { writeKeys, intake, waitUntil } = deps
  const receivedAt = Date.now()
  let payload: Payload
  if (request.method === 'GET') {
    payload = await dialect.readQuery(request)
  } else {
    let body: Uint8Array
    try {
      const read = await readBody(request)
      body = read instanceof Uint8Array ? read : new Uint8Array(read)
    } catch (error) {
      throw bodyError(error)
    }
    const encoding = request.headers.get('content-encoding')
    payload = encoding === null && isBareJson(body) ? body : await unpack(body, encoding)
  }
  progress.hasBody = true
  const arrival = arrivalOf(request, dialect, receivedAt, payload)
  if (writeKeys.isListOld()) await writeKeys.freshenLists(waitUntil)
  let outcome = await intake.take(arrival, deps, waitUntil)
  while (outcome.unverified !== undefined) {
    await writeKeys.verify(outcome.unverified)
    outcome = await intake.take(arrival, deps, waitUntil)
  }
  countVerdicts(outcome.accepted, outcome.dropped)
  return dialect.encode(outcome)
}

function arrivalOf(
  request: Request,
  dialect: Dialect,
  receivedAt: number,
  payload: Payload,
): Arrival {
  const { headers, url } = request
  const forwardedFor = headers.get('x-forwarded-for')
  const purpose = `${headers.get('sec-purpose') ?? ''}${headers.get('purpose') ?? ''}`
  return {
    dialect,
    url,
    authorization: headers.get('authorization'),
    headers: dialect.headers.length === 0 ? NO_HEADERS : named(headers, dialect.headers),
    userAgent: headers.get('user-agent') ?? '',
    ip: forwardedFor?.split(',', 1)[0]?.trim() ?? headers.get('cf-connecting-ip') ?? '',
    isPrefetch: purpose !== '' && /prefetch|prerender|preview/i.test(purpose),
    geo: geoOf(
      request.cf as Partial<IncomingRequestCfProperties> | undefined,
      forwardedFor,
      headers,
    ),
    receivedAt,
    payload,
  }
}

function named(headers: Headers, names: readonly string[]): Arrival['headers'] {
  return Object.fromEntries(names.map((name) => [name, headers.get(name)]))
}

function tooLate({ hasBody }: Progress, timeoutMs: number): CaptureError {
  if (hasBody) return new CaptureError('buffer_unavailable', 'The buffer did not answer in time.')
  return new CaptureError('slow_body', `The body did not arrive within ${timeoutMs / 1000} s.`)
}

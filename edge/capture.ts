// Stage 1 of 8: capture. In: HTTP requests of any client. Out: accepted events to the buffer, verdicts.
// Promise: 2xx only after the buffer holds every accepted event durably; each dropped one is named.
import { isBareJson, readQuery, unpack } from './decode.ts'
import { CaptureError } from './errors.ts'
import { geoOf } from './geo.ts'
import type { Arrival, Intake, IntakeDeps } from './intake.ts'
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
  deps: CaptureDeps,
  answer: (response: Response) => void,
  fail: (error: unknown) => void,
): void {
  const { requestTimeoutMs } = deps.config
  const progress: Progress = { hasBody: false, isOver: false }
  const failOnce = (error: unknown) => {
    if (progress.isOver) return
    progress.isOver = true
    fail(error)
  }
  // One timer for the whole request. It is left to end with the request's context, since clearing it would
  // cost more than setting it.
  setTimeout(() => failOnce(tooLate(progress, requestTimeoutMs)), requestTimeoutMs)
  take(request, deps, progress).then((response) => {
    if (progress.isOver) return
    progress.isOver = true
    answer(response)
  }, failOnce)
}

interface Progress {
  hasBody: boolean
  /** It was answered, or refused. */
  isOver: boolean
}

const JSON_ANSWER = { headers: new Headers({ 'content-type': 'application/json' }) }

// The one async function of a plain request, for the same reason as in `handle`.
async function take(request: Request, deps: CaptureDeps, progress: Progress): Promise<Response> {
  const { writeKeys, intake, waitUntil } = deps
  const arrival = arrivalOf(request, Date.now())
  if (request.method === 'GET') {
    arrival.payload = await readQuery(request.url)
  } else {
    let body: Uint8Array
    try {
      const read = await readBody(request)
      body = read instanceof Uint8Array ? read : new Uint8Array(read)
    } catch (error) {
      throw bodyError(error)
    }
    arrival.payload = isBareJson(body)
      ? body
      : await unpack(body, request.headers.get('content-encoding'))
  }
  progress.hasBody = true
  if (writeKeys.isListOld()) await writeKeys.freshenList(waitUntil)
  let outcome = await intake.take(arrival, deps, waitUntil)
  while (outcome.unverified !== undefined) {
    await writeKeys.verify(outcome.unverified)
    outcome = await intake.take(arrival, deps, waitUntil)
  }
  const { accepted, dropped } = outcome
  return new Response(JSON.stringify({ status: 'Ok', accepted, dropped }), JSON_ANSWER)
}

/** What a request shows before its body is read. */
function arrivalOf(request: Request, receivedAt: number): Arrival {
  const { headers, url } = request
  const purpose = `${headers.get('sec-purpose') ?? ''}${headers.get('purpose') ?? ''}`
  return {
    url,
    authorization: headers.get('authorization'),
    userAgent: headers.get('user-agent') ?? '',
    isPrefetch: purpose !== '' && /prefetch|prerender|preview/i.test(purpose),
    geo: geoOf(request.cf as Partial<IncomingRequestCfProperties> | undefined),
    receivedAt,
    payload: '',
  }
}

function tooLate({ hasBody }: Progress, timeoutMs: number): CaptureError {
  if (hasBody) return new CaptureError('buffer_unavailable', 'The buffer did not answer in time.')
  return new CaptureError('slow_body', `The body did not arrive within ${timeoutMs / 1000} s.`)
}

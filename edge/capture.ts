// Stage 1 of 8: capture. In: HTTP requests of any client. Out: accepted events to the buffer, verdicts.
// Promise: 2xx only after the buffer holds every accepted event durably; each dropped one is named.
import { isBareJson, type Payload, readQuery, unpack } from './decode.ts'
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
  take(request, deps, progress).then(once(answer), failOnce)
}

interface Progress {
  hasBody: boolean
}

const JSON_ANSWER = { headers: new Headers({ 'content-type': 'application/json' }) }

// The one async function of a plain request, for the same reason as in `handle`.
async function take(request: Request, deps: CaptureDeps, progress: Progress): Promise<Response> {
  const { writeKeys, intake, waitUntil } = deps
  const receivedAt = Date.now()
  let payload: Payload
  if (request.method === 'GET') {
    payload = await readQuery(request.url)
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
  const arrival = arrivalOf(request, receivedAt, payload)
  if (writeKeys.isListOld()) await writeKeys.freshenLists(waitUntil)
  let outcome = await intake.take(arrival, deps, waitUntil)
  while (outcome.unverified !== undefined) {
    await writeKeys.verify(outcome.unverified)
    outcome = await intake.take(arrival, deps, waitUntil)
  }
  const { accepted, dropped } = outcome
  countVerdicts(accepted, dropped)
  return new Response(JSON.stringify({ status: 'Ok', accepted, dropped }), JSON_ANSWER)
}

function arrivalOf(request: Request, receivedAt: number, payload: Payload): Arrival {
  const { headers, url } = request
  const purpose = `${headers.get('sec-purpose') ?? ''}${headers.get('purpose') ?? ''}`
  return {
    url,
    authorization: headers.get('authorization'),
    userAgent: headers.get('user-agent') ?? '',
    isPrefetch: purpose !== '' && /prefetch|prerender|preview/i.test(purpose),
    geo: geoOf(request.cf as Partial<IncomingRequestCfProperties> | undefined),
    receivedAt,
    payload,
  }
}

function tooLate({ hasBody }: Progress, timeoutMs: number): CaptureError {
  if (hasBody) return new CaptureError('buffer_unavailable', 'The buffer did not answer in time.')
  return new CaptureError('slow_body', `The body did not arrive within ${timeoutMs / 1000} s.`)
}

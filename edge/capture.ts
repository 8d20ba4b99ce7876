// Stage 1 of 8: capture. In: HTTP requests of any client. Out: accepted events to the buffer, verdicts.
// Promise: 2xx only after the buffer holds every accepted event durably; each dropped one is named.
import { readPayload } from './decode.ts'
import { CaptureError } from './errors.ts'
import { geoOf } from './geo.ts'
import type { Arrival, Intake, IntakeDeps } from './intake.ts'

export interface CaptureDeps extends IntakeDeps {
  intake: Intake
  waitUntil: (promise: Promise<unknown>) => void
}

/** Takes in one request of events. Resolves with 200 after they are durable; throws a CaptureError. */
export function capture(request: Request, deps: CaptureDeps): Promise<Response> {
  const { requestTimeoutMs } = deps.config
  const progress: Progress = { hasBody: false }
  return new Promise((resolve, reject) => {
    // One timer for the whole request: a timer costs as much as an event.
    const timer = setTimeout(() => reject(tooLate(progress, requestTimeoutMs)), requestTimeoutMs)
    take(request, deps, progress)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}

interface Progress {
  hasBody: boolean
}

async function take(request: Request, deps: CaptureDeps, progress: Progress): Promise<Response> {
  const { writeKeys, intake, waitUntil } = deps
  const arrival = await arrivalOf(request, Date.now())
  progress.hasBody = true
  if (writeKeys.isListOld()) await writeKeys.freshenList(waitUntil)
  let outcome = await intake.take(arrival, deps, waitUntil)
  while (outcome.unverified !== undefined) {
    await writeKeys.verify(outcome.unverified)
    outcome = await intake.take(arrival, deps, waitUntil)
  }
  const { accepted, dropped } = outcome
  return new Response(JSON.stringify({ status: 'Ok', accepted, dropped }), {
    headers: { 'content-type': 'application/json' },
  })
}

async function arrivalOf(request: Request, receivedAt: number): Promise<Arrival> {
  const { headers, url } = request
  const purpose = `${headers.get('sec-purpose') ?? ''}${headers.get('purpose') ?? ''}`
  return {
    url,
    authorization: headers.get('authorization'),
    userAgent: headers.get('user-agent') ?? '',
    isPrefetch: purpose !== '' && /prefetch|prerender|preview/i.test(purpose),
    geo: geoOf(request.cf as Partial<IncomingRequestCfProperties> | undefined),
    receivedAt,
    payload: await readPayload(request),
  }
}

function tooLate({ hasBody }: Progress, timeoutMs: number): CaptureError {
  if (hasBody) return new CaptureError('buffer_unavailable', 'The buffer did not answer in time.')
  return new CaptureError('slow_body', `The body did not arrive within ${timeoutMs / 1000} s.`)
}

// Stage 1 of 8: capture. In: HTTP requests of any client. Out: accepted events to the buffer, verdicts.
// Promise: 2xx only after the buffer holds every accepted event durably; each dropped one is named.
import { sharedPart } from '@headwater/schemas/record-json'
import { parseTime } from '@headwater/schemas/time'
import { type AcceptedFrame, accept } from './accept.ts'
import { BufferError, type EventBuffer, shardFor } from './buffer.ts'
import type { EdgeConfig } from './config.ts'
import { type DecodedRequest, decodeRequest } from './decode.ts'
import type { RequestContext } from './enrich.ts'
import { CaptureError } from './errors.ts'
import { geoOf } from './geo.ts'
import { countVerdicts } from './metrics.ts'
import type { WriteKeys } from './write-keys.ts'

export interface CaptureDeps {
  config: EdgeConfig
  writeKeys: WriteKeys
  buffer: EventBuffer
  waitUntil: (promise: Promise<unknown>) => void
}

const MAX_SENT_AT_MS = Date.UTC(2200, 0, 1)

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
  const receivedAt = Date.now()
  const decoded = await decodeRequest(request)
  progress.hasBody = true
  const projectId = await deps.writeKeys.authenticate(decoded.keys, deps.waitUntil)
  const context = contextOf(request, decoded, projectId, receivedAt, deps.config)
  const { accepted, dropped } = accept(decoded.items, context)
  await hold(accepted, projectId, deps)
  countVerdicts(accepted.length, dropped)
  const answer = { status: 'Ok', accepted: accepted.length, dropped }
  return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } })
}

function tooLate({ hasBody }: Progress, timeoutMs: number): CaptureError {
  if (hasBody) return new CaptureError('buffer_unavailable', 'The buffer did not answer in time.')
  return new CaptureError('slow_body', `The body did not arrive within ${timeoutMs / 1000} s.`)
}

async function hold(
  accepted: readonly AcceptedFrame[],
  projectId: string,
  { config, buffer }: CaptureDeps,
): Promise<void> {
  const byShard = new Map<number, string[]>()
  for (const { distinct_id, frame } of accepted) {
    const shard = shardFor(projectId, distinct_id, config.shards)
    const frames = byShard.get(shard)
    if (frames) frames.push(frame)
    else byShard.set(shard, [frame])
  }
  try {
    const appends = [...byShard].map(([shard, frames]) => buffer.append(shard, frames))
    await Promise.all(appends)
  } catch (error) {
    if (!(error instanceof BufferError)) throw error
    if (error.cause) console.warn(`append failed: ${error.cause}`)
    throw new CaptureError(error.code, error.message)
  }
}

function contextOf(
  request: Request,
  { sentAt }: DecodedRequest,
  projectId: string,
  receivedAt: number,
  config: EdgeConfig,
): RequestContext {
  const { headers } = request
  const purpose = `${headers.get('sec-purpose') ?? ''}${headers.get('purpose') ?? ''}`
  const sentAtMs = plausibleTime(sentAt)
  return {
    projectId,
    receivedAt,
    sentAt: sentAtMs,
    userAgent: headers.get('user-agent') ?? '',
    isPrefetch: /prefetch|prerender|preview/i.test(purpose),
    request: sharedPart({
      project_id: projectId,
      received_at: receivedAt,
      sent_at: sentAtMs ?? 0,
    }),
    geo: geoOf(request.cf as Partial<IncomingRequestCfProperties> | undefined),
    keepIp: config.keepIp,
  }
}

// A sent_at of the year 292,277 says nothing about a clock, and the store could not hold it.
function plausibleTime(said: string | number | null): number | null {
  const ms = said === null ? null : parseTime(said)
  return ms !== null && ms > 0 && ms < MAX_SENT_AT_MS ? ms : null
}

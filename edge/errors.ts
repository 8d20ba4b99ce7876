/** Every reason to refuse a whole request, with its status: 4xx is final for a sender, 5xx is retried. */
export const CAPTURE_STATUS = {
  malformed_json: 400,
  unreadable_body: 400,
  empty_batch: 400,
  missing_write_key: 401,
  invalid_write_key: 401,
  revoked_write_key: 401,
  mixed_write_keys: 401,
  not_found: 404,
  method_not_allowed: 405,
  slow_body: 408,
  body_too_big: 413,
  // Not 500, at which older clients throw their events away.
  internal_error: 503,
  buffer_unavailable: 503,
  backlog_full: 503,
  unknown_region: 503,
} as const satisfies Record<string, number>
export type CaptureErrorCode = keyof typeof CAPTURE_STATUS

/** A refusal of a whole request. Its message is read by the sender: it names what to change. */
export class CaptureError extends Error {
  readonly code: CaptureErrorCode
  readonly field: string | undefined

  constructor(code: CaptureErrorCode, message: string, field?: string) {
    super(message)
    this.name = 'CaptureError'
    this.code = code
    this.field = field
  }

  get status(): number {
    return CAPTURE_STATUS[this.code]
  }
}

const MIN_RETRY_S = 1
const MAX_RETRY_S = 5

/** A refusal as JSON. Whoever may come back, at 429 and 503, is told when. */
export function jsonRefusal(status: number, body: unknown): Response {
  const headers = new Headers({ 'content-type': 'application/json' })
  if (status === 429 || status === 503) headers.set('retry-after', String(retryAfterS()))
  return new Response(JSON.stringify(body), { status, headers })
}

// Spread over some seconds, so that senders refused together do not come back together.
function retryAfterS(): number {
  return MIN_RETRY_S + Math.floor(Math.random() * (MAX_RETRY_S - MIN_RETRY_S + 1))
}

/** Answers a refusal. `detail` repeats the message where posthog-python looks for it. */
export function errorResponse(error: CaptureError): Response {
  const { code, message, field, status } = error
  return jsonRefusal(status, { error: { code, message, ...(field && { field }) }, detail: message })
}

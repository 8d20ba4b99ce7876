import type { ApiError } from '@headwater/schemas/insight'

/** Every error of the auth API and its HTTP status. */
export const AUTH_STATUS = {
  invalid_request: 400,
  unauthenticated: 401,
  bad_signature: 401,
  forbidden: 403,
  not_found: 404,
  project_exists: 409,
  limit_reached: 409,
  body_too_big: 413,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<string, number>
export type AuthErrorCode = keyof typeof AUTH_STATUS

/** Thrown by a handler to answer with an error; the message is for the caller to read. */
export class AuthError extends Error {
  readonly code: AuthErrorCode
  readonly field: string | undefined
  constructor(code: AuthErrorCode, message: string, field?: string) {
    super(message)
    this.name = 'AuthError'
    this.code = code
    this.field = field
  }
}

export function toApiError(code: string, message: string, field?: string): ApiError {
  return { error: { code, message, ...(field === undefined ? {} : { field }) } }
}

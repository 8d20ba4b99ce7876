import type { ApiError } from '@headwater/schemas/insight'

/** Every way in which the query API refuses, and its status. */
export const QUERY_STATUS = {
  malformed_json: 400,
  invalid_query: 400,
  unauthorized: 401,
  forbidden: 403,
  unknown_project: 404,
  unknown_letter: 404,
  unknown_person: 404,
  unknown_link: 404,
  not_found: 404,
  version_conflict: 409,
  key_taken: 409,
  in_use: 409,
  limit_reached: 409,
  body_too_big: 413,
  too_many_queries: 429,
  internal_error: 500,
  store_unavailable: 503,
  log_unavailable: 503,
  not_configured: 503,
  metadata_unavailable: 503,
  auth_unavailable: 503,
  query_too_heavy: 504,
} as const satisfies Record<string, number>
export type QueryErrorCode = keyof typeof QUERY_STATUS

/** A question that is not answered, in words for the one who asked. Never holds SQL. */
export class QueryRefusal extends Error {
  readonly code: QueryErrorCode
  readonly field: string | undefined
  readonly allowed: readonly string[] | undefined

  constructor(
    code: QueryErrorCode,
    message: string,
    at: { field?: string; allowed?: string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: at.cause })
    this.name = 'QueryRefusal'
    this.code = code
    this.field = at.field
    this.allowed = at.allowed
  }
}

export function toApiError({ code, message, field, allowed }: QueryRefusal): ApiError {
  return {
    error: { code, message, ...(field && { field }), ...(allowed && { allowed: [...allowed] }) },
  }
}

// Calls between our own services that are not batches, signed with the secret they share.
import { BATCH_SIGNATURE_WINDOW_MS } from './limits.ts'
import { constantTimeEqual, hmacSha256 } from './signature.ts'

/** Where the edge asks the auth service for the revoked write keys. */
export const REVOCATIONS_PATH = '/internal/revocations'

/** Where the query service asks the auth service whether there is a project: 200 or 404. */
export const PROJECT_PATH = '/internal/projects/{id}'
export const projectPath = (id: string): string =>
  PROJECT_PATH.replace('{id}', encodeURIComponent(id))

/** Where the query service asks the auth service who holds a credential. It is in the body: a URL is logged. */
export const ASKERS_PATH = '/internal/askers'
/** What is signed for that in the place of a path: a signature serves for one credential only. */
export const askerPath = (credential: string): string => `${ASKERS_PATH}\n${credential}`

export const INTERNAL_HEADERS = {
  time: 'x-headwater-time',
  signature: 'x-headwater-signature',
} as const

/** Signs a call between our own services: HMAC-SHA256 over the time and the path. */
export async function signInternal(
  secret: string,
  path: string,
  nowMs: number,
): Promise<Record<string, string>> {
  return {
    [INTERNAL_HEADERS.time]: String(nowMs),
    [INTERNAL_HEADERS.signature]: await hmacSha256(secret, `${nowMs}\n${path}`),
  }
}

/** True when the headers were made with this secret, for this path, within the window. */
export async function verifyInternal(
  secret: string,
  path: string,
  header: (name: string) => string | undefined,
  nowMs: number,
): Promise<boolean> {
  const time = header(INTERNAL_HEADERS.time) ?? ''
  if (!/^\d{1,16}$/.test(time)) return false
  if (Math.abs(nowMs - Number(time)) > BATCH_SIGNATURE_WINDOW_MS) return false
  const expected = await hmacSha256(secret, `${time}\n${path}`)
  return constantTimeEqual(expected, header(INTERNAL_HEADERS.signature) ?? '')
}

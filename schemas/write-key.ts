import { MAX_WRITE_KEY_LENGTH } from './limits.ts'
import { isProjectId } from './project-id.ts'
import { constantTimeEqual, hmacSha256 } from './signature.ts'

/** The key's own number within its project; revoking a key revokes its epoch. */
export interface WriteKey {
  project_id: string
  epoch: number
}

const WRITE_KEY = /^wk_([a-z][a-z0-9.-]{0,19})_(\d{1,6})_([0-9a-f]{32})$/

/** Makes `wk_<project>_<epoch>_<mac>`; the mac is 128 bits, so that the edge needs no look-up. */
export async function signWriteKey(
  secret: string,
  { project_id, epoch }: WriteKey,
): Promise<string> {
  const body = `wk_${project_id}_${epoch}`
  const key = `${body}_${(await hmacSha256(secret, body)).slice(0, 32)}`
  if (!isProjectId(project_id) || !WRITE_KEY.test(key)) {
    throw new Error(`invalid project id or epoch: ${project_id} ${epoch}`)
  }
  return key
}

/** Reads and verifies a write key; null when it was not made with this secret. Constant time in the mac. */
export async function verifyWriteKey(secret: string, key: string): Promise<WriteKey | null> {
  if (key.length > MAX_WRITE_KEY_LENGTH) return null
  const match = WRITE_KEY.exec(key)
  if (!match) return null
  const [, project_id = '', epoch = '', mac = ''] = match
  const expected = (await hmacSha256(secret, `wk_${project_id}_${epoch}`)).slice(0, 32)
  return constantTimeEqual(expected, mac) ? { project_id, epoch: Number(epoch) } : null
}

/** How the auth service tells the edge what was revoked: GET /internal/revocations, signed like a batch. */
export interface Revocations {
  revoked: WriteKey[]
}

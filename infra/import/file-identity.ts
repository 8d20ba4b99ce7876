import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { headOf } from './read/rows-of-file.ts'

const HEAD_BYTES = 64 * 1024

/** By what a file is known again: another content under the same path is another file. */
export interface FileIdentity {
  path: string
  bytes: number
  modified_ms: number
  head_sha256: string
}

export async function identityOf(path: string): Promise<FileIdentity> {
  const absolute = resolve(path)
  const { size, mtimeMs } = await stat(absolute)
  const head = await headOf(absolute, HEAD_BYTES)
  return {
    path: absolute,
    bytes: size,
    modified_ms: Math.trunc(mtimeMs),
    head_sha256: createHash('sha256').update(head).digest('hex'),
  }
}

export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  return (
    a.path === b.path &&
    a.bytes === b.bytes &&
    a.modified_ms === b.modified_ms &&
    a.head_sha256 === b.head_sha256
  )
}

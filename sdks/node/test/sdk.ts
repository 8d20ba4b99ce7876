import { join } from 'node:path'
import type { CaptureError, Client, ClientOptions } from '../src/index.ts'

type Sdk = typeof import('../src/index.ts')

export const MODULE = join(import.meta.dirname, '../dist/index.mjs')
const { createClient } = (await import(MODULE)) as Sdk

export { createClient }

export const WRITE_KEY = 'wk_default_1_0123456789abcdef'

/** A client of the built module, and what it said of events that will not be stored. */
export function openClient(
  host: string,
  options: ClientOptions = {},
): { client: Client; errors: CaptureError[] } {
  const errors: CaptureError[] = []
  const client = createClient(WRITE_KEY, {
    host,
    flushIntervalMs: 20,
    onError: (error) => errors.push(error),
    ...options,
  })
  return { client, errors }
}

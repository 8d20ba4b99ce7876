import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib'
import { transformed } from './transformed.ts'

const GZIP = [0x1f, 0x8b]
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd]
const ZIP = [0x50, 0x4b, 0x03, 0x04]
const EMPTY_ZIP = [0x50, 0x4b, 0x05, 0x06]
const PARQUET = [0x50, 0x41, 0x52, 0x31]

/**
 * Content without the gzip or zstd around it, told by its first bytes, or the brotli, which only its name
 * tells. Throws for what is not read here.
 */
export async function* unpacked(
  name: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const chunks = content[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) return
  const rest = { [Symbol.asyncIterator]: () => chunks }
  const whole = joined(first.value, rest)
  const engine = engineFor(name, first.value)
  yield* engine ? transformed(whole, engine) : whole
}

export function looksLikeZip(head: Uint8Array): boolean {
  return startsWith(head, ZIP) || startsWith(head, EMPTY_ZIP)
}

function engineFor(name: string, head: Uint8Array): Transform | null {
  if (name.endsWith('.br')) return createBrotliDecompress()
  if (startsWith(head, GZIP)) return createGunzip()
  if (startsWith(head, ZSTD)) return createZstdDecompress()
  if (startsWith(head, PARQUET)) throw new Error('Parquet is not read: export JSON lines or CSV')
  if (looksLikeZip(head)) throw new Error('a zip inside a zip is not read')
  return null
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => head[i] === byte)
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>) {
  yield first
  yield* rest
}

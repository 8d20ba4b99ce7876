import { MAX_BODY_BYTES, MAX_DECOMPRESSED_BYTES } from '@headwater/schemas/limits'
import { CaptureError } from './errors.ts'

/** A body over the limit is still read to here, so that its sender sees 413 and not a reset. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024
/** Deflate grows 1,032 times at most: one step of a bomb is then 33 MB, not the whole bomb. */
const INFLATE_STEP_BYTES = 32 * 1024

const MEGABYTE = 1024 * 1024

/**
 * Reads a request's body as it arrived. Rejects with body_too_big, or with the runtime's own error when
 * the body ends before it is complete (`bodyError`).
 */
export function readBody(request: Request): Promise<ArrayBuffer | Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  // The stream is not touched where its size is known: making it costs as much as an event.
  if (declared <= MAX_BODY_BYTES) return request.arrayBuffer()
  return request.body ? readAll(request.body) : Promise.resolve(new Uint8Array())
}

/** What the sender is told when its body could not be read. */
export function bodyError(error: unknown): CaptureError {
  if (error instanceof CaptureError) return error
  return new CaptureError('unreadable_body', 'The body ended before it was complete.')
}

async function readAll(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const kept = new ByteCollector(MAX_BODY_BYTES)
  const reader = body.getReader()
  let bytes = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    bytes += next.value.byteLength
    kept.add(next.value)
    if (bytes > MAX_DISCARDED_BYTES) break
  }
  if (bytes > MAX_BODY_BYTES) {
    throw new CaptureError(
      'body_too_big',
      `The body is larger than ${MAX_BODY_BYTES / MEGABYTE} MB; send fewer events at once.`,
    )
  }
  return kept.join()
}

/**
 * Inflates gzip. Throws body_too_big as soon as the output passes the limit, and unreadable_body when
 * it is cut off or damaged.
 */
export async function gunzip(
  bytes: Uint8Array,
  limit: number = MAX_DECOMPRESSED_BYTES,
): Promise<Uint8Array> {
  const stream = new DecompressionStream('gzip')
  const stopped = new AbortController()
  const writer = stream.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>
  const fed = feed(writer, bytes, stopped.signal)
  // What does not fit the size that the trailer promises is counted but not kept: a bomb lies there.
  const kept = new ByteCollector(Math.min(declaredSize(bytes), limit))
  const reader = stream.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>
  let inflated = 0
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      inflated += next.value.byteLength
      if (inflated > limit) throw bombFound(limit)
      kept.add(next.value)
    }
    await fed
    return kept.join()
  } catch (error) {
    stopped.abort()
    await reader.cancel().catch(() => {})
    if (error instanceof CaptureError) throw error
    throw new CaptureError('unreadable_body', 'The gzip body is cut off or damaged.')
  }
}

// The runtime's stream takes and inflates whatever is written before a reader gets its turn: without
// a pause between the steps a bomb would unfold whole before its size is seen.
async function feed(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  bytes: Uint8Array,
  stopped: AbortSignal,
): Promise<void> {
  try {
    for (let start = 0; start < bytes.length; start += INFLATE_STEP_BYTES) {
      if (start > 0) await new Promise((resolve) => setTimeout(resolve, 0))
      if (stopped.aborted) return
      await writer.write(bytes.subarray(start, start + INFLATE_STEP_BYTES))
    }
    await writer.close()
  } catch {
    // The reader's side sees the same fault, and reports it.
  }
}

function bombFound(limit: number): CaptureError {
  return new CaptureError(
    'body_too_big',
    `The body is larger than ${Math.floor(limit / MEGABYTE)} MB when decompressed.`,
  )
}

/** The size that a gzip file's trailer promises. */
function declaredSize(bytes: Uint8Array): number {
  if (bytes.length < 18) return 0
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true)
}

/** Collects chunks up to a limit; what comes after it is forgotten. */
class ByteCollector {
  readonly #chunks: Uint8Array[] = []
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(chunk: Uint8Array): void {
    if (this.#bytes + chunk.byteLength > this.#limit) {
      this.#chunks.length = 0
      this.#bytes = Number.POSITIVE_INFINITY
      return
    }
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
  }

  join(): Uint8Array {
    const [first] = this.#chunks
    if (this.#chunks.length === 1 && first) return first
    const all = new Uint8Array(Number.isFinite(this.#bytes) ? this.#bytes : 0)
    let offset = 0
    for (const chunk of this.#chunks) {
      all.set(chunk, offset)
      offset += chunk.byteLength
    }
    return all
  }
}

import { partitionKey } from '@headwater/schemas/record'

/** Some whole frames (schemas/record.ts) that are stored, or not, together. */
export interface Chunk {
  /** At most MAX_CHUNK_BYTES. */
  body: Uint8Array
  events: number
}

/** A stored row must stay below SQLite's 2 MB in production, whose limit workerd does not enforce. */
export const MAX_CHUNK_BYTES = 1_500_000

/** Durable holding place at the edge until the bridge acknowledges. */
export interface EventBuffer {
  /**
   * Resolves only after storage holds every chunk. Rejects with a BufferError when it does not, or
   * when that is not known: the sender must then send again.
   */
  append(shard: number, chunks: readonly Chunk[]): Promise<void>
}

export type BufferErrorCode = 'backlog_full' | 'buffer_unavailable'

export class BufferError extends Error {
  readonly code: BufferErrorCode

  constructor(code: BufferErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BufferError'
    this.code = code
  }
}

/** One sender's events always meet the same shard, which keeps them in order. FNV-1a, 32 bit. */
export function shardFor(projectId: string, distinctId: string, shards: number): number {
  if (shards === 1) return 0
  const key = partitionKey(projectId, distinctId)
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % shards
}

/** Text of this length fits a chunk whatever its characters are: three bytes of UTF-8 each at most. */
const MAX_CHUNK_TEXT = MAX_CHUNK_BYTES / 3
const utf8 = new TextEncoder()

/** Packs frames into as few chunks as fit; each frame stays whole and in its place. */
export function packFrames(frames: readonly string[]): Chunk[] {
  const chunks: Chunk[] = []
  let text = ''
  let events = 0
  for (const frame of frames) {
    if (events > 0 && text.length + frame.length > MAX_CHUNK_TEXT) {
      chunks.push({ body: utf8.encode(text), events })
      text = ''
      events = 0
    }
    text += frame
    events++
  }
  if (events > 0) chunks.push({ body: utf8.encode(text), events })
  return chunks
}

/** Joins neighbouring chunks while they fit into one. */
export function packChunks(chunks: readonly Chunk[]): Chunk[] {
  const packed: Chunk[] = []
  let start = 0
  while (start < chunks.length) {
    let bytes = 0
    let end = start
    for (; end < chunks.length; end++) {
      const next = chunks[end]?.body.length ?? 0
      if (end > start && bytes + next > MAX_CHUNK_BYTES) break
      bytes += next
    }
    packed.push(joinChunks(chunks.slice(start, end), bytes))
    start = end
  }
  return packed
}

function joinChunks(chunks: readonly Chunk[], bytes: number): Chunk {
  const [first] = chunks
  if (chunks.length === 1 && first) return first
  const body = new Uint8Array(bytes)
  let offset = 0
  let events = 0
  for (const chunk of chunks) {
    body.set(chunk.body, offset)
    offset += chunk.body.length
    events += chunk.events
  }
  return { body, events }
}

import { gzipSync } from 'node:zlib'
import { partitionKey } from '@headwater/schemas/record'
import type { Region } from './regions.ts'

/** Some whole frames (schemas/record.ts) that are stored, or not, together. */
export interface Chunk {
  /** The frames, gzipped. Joined bodies are gzip again. At most MAX_CHUNK_BYTES. */
  body: Uint8Array
  /** The frames' own bytes. */
  bytes: number
  events: number
}

/** A stored row must stay below SQLite's 2 MB in production, whose limit workerd does not enforce. */
export const MAX_CHUNK_BYTES = 1_500_000

/** Durable holding place at the edge until the bridge acknowledges. */
export interface EventBuffer {
  /**
   * Resolves only after storage holds every frame. Rejects with a BufferError when it does not, or
   * when that is not known: the sender must then send again.
   */
  append(shard: string, frames: readonly string[]): Promise<void>
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

/** The shard of a sender, one of the project's region. */
export function shardOf({ shards }: Region, projectId: string, distinctId: string): string {
  const shard = shards[shardFor(projectId, distinctId, shards.length)]
  if (shard === undefined) throw new Error('a region without shards')
  return shard
}

/** One sender's events always meet the same shard, which keeps them in order. FNV-1a, 32 bit. */
export function shardFor(projectId: string, distinctId: string, shards: number): number {
  if (shards === 1) return 0
  const key = partitionKey(projectId, distinctId)
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % shards
}

/**
 * Text of this length fits a chunk whatever its characters are, three bytes of UTF-8 each at most, and
 * however little gzip makes of it.
 */
const MAX_CHUNK_TEXT = (MAX_CHUNK_BYTES - 10_000) / 3
/**
 * Measured: level 1 makes records ten times smaller for 2 µs an event, level 6 no smaller for 6 µs. A window
 * of 8 KB and small tables cost 3 % in size; the usual 256 KB of tables, made anew for every chunk, cost a
 * single event 12 % of all its work.
 */
const GZIP = { level: 1, windowBits: 13, memLevel: 5 }
const utf8 = new TextEncoder()

/** Packs frames into as few chunks as fit; each frame stays whole and in its place. */
export function packFrames(frames: readonly string[]): Chunk[] {
  const chunks: Chunk[] = []
  let text = ''
  let events = 0
  for (const frame of frames) {
    if (events > 0 && text.length + frame.length > MAX_CHUNK_TEXT) {
      chunks.push(chunkOf(text, events))
      text = ''
      events = 0
    }
    text += frame
    events++
  }
  if (events > 0) chunks.push(chunkOf(text, events))
  return chunks
}

// Compressed before anything else is done with them: every later copy, row and byte sent is then a
// tenth, and workerd sends a body in steps of 8 KB, one for each turn of its event loop.
function chunkOf(text: string, events: number): Chunk {
  const plain = utf8.encode(text)
  // A copy of its own: a view into a larger buffer would cross to the object with all of that buffer.
  const body = new Uint8Array(gzipSync(plain, GZIP))
  return { body, bytes: plain.length, events }
}

/** Joins neighbouring chunks while they fit into one. */
export function packChunks(chunks: readonly Chunk[]): Chunk[] {
  const packed: Chunk[] = []
  let start = 0
  while (start < chunks.length) {
    let size = 0
    let end = start
    for (; end < chunks.length; end++) {
      const next = chunks[end]?.body.length ?? 0
      if (end > start && size + next > MAX_CHUNK_BYTES) break
      size += next
    }
    packed.push(joinChunks(chunks.slice(start, end), size))
    start = end
  }
  return packed
}

function joinChunks(chunks: readonly Chunk[], size: number): Chunk {
  const [first] = chunks
  if (chunks.length === 1 && first) return first
  const joined: Chunk = { body: new Uint8Array(size), bytes: 0, events: 0 }
  let offset = 0
  for (const { body, bytes, events } of chunks) {
    joined.body.set(body, offset)
    offset += body.length
    joined.bytes += bytes
    joined.events += events
  }
  return joined
}

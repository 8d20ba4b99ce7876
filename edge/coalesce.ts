import { type Chunk, packChunks } from './buffer.ts'

/** Does one call for everybody who gathered. */
export type Call = (chunks: readonly Chunk[]) => Promise<void>

/** Keeps work alive after the request that began it has ended, even when its client hung up. */
export type KeepAlive = (work: Promise<unknown>) => void

/** Calls of one line that may be under way together. */
const MAX_CALLS = 1
/** A shared call larger than this starts a second one. */
const MAX_CALL_BYTES = 8 * 1024 * 1024

interface Group {
  chunks: Chunk[]
  bytes: number
  done: Promise<void>
}

/** One per shard and isolate. */
interface Line {
  /** Those who wait for their turn; new requests join the last group. */
  gathering: Group | null
  calls: number
  turns: (() => void)[]
  /** When the last call began or ended: a line that stands still for too long is given up. */
  movedAt: number
}

/**
 * Lets requests that reach an isolate together share one call to their shard: while a call is under
 * way the next requests gather, and the first of them makes the next call for all. Their work runs in
 * that first request's context, so it is kept alive beyond the request's own end.
 */
export class Coalescer {
  readonly #lines = new Map<number, Line>()
  readonly #timeoutMs: number

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Resolves or rejects as the shared call does; rejects after the timeout when nobody answers. */
  async append(
    shard: number,
    chunks: readonly Chunk[],
    call: Call,
    keepAlive: KeepAlive,
  ): Promise<void> {
    const line = this.#line(shard)
    const bytes = chunks.reduce((sum, { body }) => sum + body.length, 0)
    let group = line.gathering
    if (!group || group.bytes + bytes > MAX_CALL_BYTES) {
      group = { chunks: [], bytes: 0, done: Promise.resolve() }
      group.done = lead(line, group, call)
      // A follower may have given up; the others still hear of it.
      keepAlive(group.done.catch(() => {}))
    }
    group.chunks.push(...chunks)
    group.bytes += bytes
    await this.#within(group.done)
  }

  #line(shard: number): Line {
    const known = this.#lines.get(shard)
    const now = Date.now()
    if (known && (known.calls === 0 || now - known.movedAt < this.#timeoutMs)) return known
    const line: Line = { gathering: null, calls: 0, turns: [], movedAt: now }
    this.#lines.set(shard, line)
    return line
  }

  async #within(done: Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer from the shard')), this.#timeoutMs)
    })
    try {
      await Promise.race([done, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

async function lead(line: Line, group: Group, call: Call): Promise<void> {
  line.gathering = group
  if (line.calls >= MAX_CALLS) await new Promise<void>((resolve) => line.turns.push(resolve))
  // Also when it is our turn at once: requests of the same moment join before the call is made.
  else await Promise.resolve()
  if (line.gathering === group) line.gathering = null
  line.calls++
  line.movedAt = Date.now()
  try {
    await call(packChunks(group.chunks))
  } finally {
    line.calls--
    line.movedAt = Date.now()
    line.turns.shift()?.()
  }
}

/** Does one call for everybody who gathered. */
export type Call = (frames: readonly string[]) => Promise<void>

/** Keeps work alive after the request that began it has ended, even when its client hung up. */
export type KeepAlive = (work: Promise<unknown>) => void

/** Calls of one line that may be under way together. */
const MAX_CALLS = 1
/**
 * A busy line waits this long before its next call. Requests that are on the wire already join it, and
 * the isolate gets round to its other work: without the pause a flush was starved for seconds.
 */
const GATHER_MS = 2
/** A shared call of more text than this starts a second one. */
const MAX_CALL_LENGTH = 8 * 1024 * 1024

interface Group {
  frames: string[]
  length: number
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
  readonly #stallMs: number

  /** A line whose call has not ended after stallMs is given up; later requests start a new one. */
  constructor(stallMs: number) {
    this.#stallMs = stallMs
  }

  /**
   * Resolves or rejects as the shared call does. The caller bounds its wait with a timer, which it
   * must have: workerd takes a request that waits only for another one's promise to have hung.
   */
  append(
    shard: number,
    frames: readonly string[],
    call: Call,
    keepAlive: KeepAlive,
  ): Promise<void> {
    const line = this.#line(shard)
    const length = frames.reduce((sum, frame) => sum + frame.length, 0)
    let group = line.gathering
    if (group && group.length + length <= MAX_CALL_LENGTH) {
      group.frames.push(...frames)
      group.length += length
      return group.done
    }
    // The frames are in the group before it is led: a free line makes its call at once, and what came
    // into the group afterwards would be acknowledged without ever being sent.
    group = { frames: [...frames], length, done: Promise.resolve() }
    group.done = lead(line, group, call)
    // A follower may have given up; the others still hear of it.
    keepAlive(group.done.catch(() => {}))
    return group.done
  }

  #line(shard: number): Line {
    const known = this.#lines.get(shard)
    const now = Date.now()
    if (known && (known.calls === 0 || now - known.movedAt < this.#stallMs)) return known
    const line: Line = { gathering: null, calls: 0, turns: [], movedAt: now }
    this.#lines.set(shard, line)
    return line
  }
}

async function lead(line: Line, group: Group, call: Call): Promise<void> {
  line.gathering = group
  if (line.calls >= MAX_CALLS) {
    await new Promise<void>((resolve) => line.turns.push(resolve))
    await pause(GATHER_MS)
  }
  if (line.gathering === group) line.gathering = null
  line.calls++
  line.movedAt = Date.now()
  try {
    await call(group.frames)
  } finally {
    line.calls--
    line.movedAt = Date.now()
    line.turns.shift()?.()
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

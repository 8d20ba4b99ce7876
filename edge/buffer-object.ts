// Stage 2 of 8: buffer. In: accepted events as frames. Out: sealed, numbered batches to the bridge.
// Promise: nothing acknowledged is lost by eviction, crash, deploy or a core outage of days.
import { DurableObject } from 'cloudflare:workers'
import { bridgeOf } from './bridge-sink.ts'
import type { Chunk } from './buffer.ts'
import { BufferStorage } from './buffer-storage.ts'
import { type EdgeConfig, type EdgeEnv, edgeConfig } from './config.ts'
import { Flusher, type FlushOutcome } from './flusher.ts'
import { type CommitCounts, GroupCommit } from './group-commit.ts'

export type AppendAnswer = 'held' | 'backlog_full'

export interface ShardStats {
  shard: string
  state: string
  backlog_bytes: number
  backlog_events: number
  /** Age of the oldest event that is held back; 0 when nothing is. */
  oldest_age_ms: number
  commits: CommitCounts
  flushes: Record<FlushOutcome, number>
  set_aside_batches: number
  set_aside_events: number
}

/** One shard: holds events until the bridge acknowledged them. Everything it knows is in its storage. */
export class BufferObject extends DurableObject<EdgeEnv> {
  readonly #config: EdgeConfig
  readonly #storage: BufferStorage
  readonly #commit: GroupCommit
  readonly #flusher: Flusher
  #isArmed = false

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env)
    this.#config = edgeConfig(env)
    this.#storage = new BufferStorage(ctx.storage, ctx.id.name, this.#config.sealMaxBytes)
    this.#commit = new GroupCommit(this.#storage, () => ctx.storage.sync())
    // By the name in storage: an object that its alarm woke may know no other.
    const bridge = bridgeOf(this.#config, this.#storage.shard)
    this.#flusher = new Flusher(this.#storage, bridge, this.#config)
    if (!this.#storage.isEmpty) this.#arm(0)
  }

  /** Answers `held` after storage has every chunk; `backlog_full` when it took none of them. */
  async append(chunks: readonly Chunk[]): Promise<AppendAnswer> {
    let bytes = this.#storage.heldBytes + this.#commit.waitingBytes
    for (const { body } of chunks) bytes += body.length
    if (bytes > this.#config.backlogMaxBytes) return 'backlog_full'
    await this.#commit.append(chunks, () => this.#stored())
    return 'held'
  }

  async stats(): Promise<ShardStats> {
    const setAside = this.#storage.setAsideBatches()
    const since = this.#storage.oldestSince
    return {
      shard: this.#storage.shard,
      state: this.#flusher.state,
      backlog_bytes: this.#storage.heldBytes,
      backlog_events: this.#storage.heldEvents,
      oldest_age_ms: since === null ? 0 : Math.max(0, Date.now() - since),
      commits: this.#commit.counts,
      flushes: this.#flusher.counts,
      set_aside_batches: setAside.length,
      set_aside_events: setAside.reduce((sum, { events }) => sum + events, 0),
    }
  }

  /** Sends what was set aside once more, under new numbers. Returns how many batches. */
  async replaySetAside(): Promise<number> {
    const batches = this.#storage.replaySetAside()
    if (batches > 0) this.#stored()
    return batches
  }

  // The watchdog. The platform gives up on an alarm that throws six times, so it must never throw, and
  // it arms the next one before anything that could.
  override async alarm(): Promise<void> {
    try {
      this.#isArmed = false
      if (this.#storage.isEmpty) return
      this.#arm(this.#config.watchdogMs)
      this.#flusher.wake()
    } catch (error) {
      console.error(`alarm of ${this.#storage.shard}: ${error}`)
    }
  }

  #stored(): void {
    if (!this.#isArmed) this.#arm(this.#config.watchdogMs)
    this.#flusher.appended()
  }

  #arm(delayMs: number): void {
    this.#isArmed = true
    this.ctx.storage.setAlarm(Date.now() + delayMs).catch((error: unknown) => {
      this.#isArmed = false
      console.error(`alarm of ${this.#storage.shard} could not be set: ${error}`)
    })
  }
}

import { BATCH_PATH, batchHeaders } from '@headwater/schemas/batch'
import { type EventRecord, encodeFrame } from '@headwater/schemas/record'
import { RECORD_DEFAULTS } from '@headwater/schemas/record-json'
import type { Hono } from 'hono'
import type { World } from './world.ts'

export const SECRET = 'a secret of the simulation, long enough'

/** A sent event, as the oracle knows it. */
export interface SimEvent {
  uuid: string
  person: string
  /** The person's own count: order must be kept by it. */
  n: number
  poison: boolean
}

interface Segment {
  seq: number
  frames: string[]
}

/** What a shard's storage holds: it survives a crash. */
interface Disk {
  incarnation: string
  acked: number
  segments: Segment[]
  sealed: number
}

/**
 * A shard that keeps the buffer's rules: what is answered is on disk, batches are numbered and
 * immutable, one is in flight, the same bytes go on every try, it is forgotten when acknowledged.
 */
export class SimShard {
  #world: World
  #bridge: Hono
  #name: string
  #disk: Disk
  #life = 0

  constructor(world: World, bridge: Hono, name: string) {
    this.#world = world
    this.#bridge = bridge
    this.#name = name
    this.#disk = { incarnation: hex(world), acked: 0, segments: [], sealed: 0 }
    void this.#flush(this.#life)
  }

  get isEmpty(): boolean {
    return this.#disk.segments.length === 0
  }

  /** Stores frames; returns only when they are on disk. Throws when the shard fails before or after. */
  async append(records: readonly EventRecord[]): Promise<void> {
    await this.#world.step()
    if (this.#world.fault(0.05)) throw new Error('the shard failed before the commit')
    const disk = this.#disk
    const last = disk.segments.at(-1)
    const open = last && last.seq > disk.sealed ? last : this.#newSegment()
    open.frames.push(...records.map((record) => encodeFrame(record)))
    await this.#world.step()
    if (this.#world.fault(0.05)) throw new Error('the answer was lost')
  }

  /** Everything in memory is gone; a request that is under way may still arrive. */
  crash(): void {
    this.#life++
    this.#disk.sealed = this.#disk.segments.at(-1)?.seq ?? this.#disk.sealed
    void this.#flush(this.#life)
  }

  #newSegment(): Segment {
    const seq = (this.#disk.segments.at(-1)?.seq ?? this.#disk.acked) + 1
    const segment = { seq, frames: [] }
    this.#disk.segments.push(segment)
    return segment
  }

  async #flush(life: number): Promise<void> {
    for (;;) {
      await this.#world.step()
      if (life !== this.#life) return
      const oldest = this.#disk.segments[0]
      if (!oldest) continue
      this.#disk.sealed = Math.max(this.#disk.sealed, oldest.seq)
      const acknowledged = await this.#send(oldest)
      if (life !== this.#life) return
      if (!acknowledged) continue
      this.#disk.segments.shift()
      this.#disk.acked = oldest.seq
    }
  }

  // A lost request, a lost answer, a copy that comes late or twice: all of the network's faults.
  async #send({ seq, frames }: Segment): Promise<boolean> {
    const world = this.#world
    if (world.fault(0.1)) return false
    const body = new TextEncoder().encode(frames.join(''))
    const id = { shard: `${this.#name}@${this.#disk.incarnation}`, seq }
    const post = async () => {
      const headers = await batchHeaders(SECRET, id, frames.length, body, world.now)
      return this.#bridge.request(BATCH_PATH, { method: 'POST', headers, body })
    }
    if (world.fault(0.1)) void later(world, () => world.outside(post()))
    const response = await world.outside(post())
    await world.step()
    if (world.fault(0.1)) return false
    return response.status === 200
  }
}

async function later(world: World, work: () => Promise<unknown>): Promise<void> {
  await world.steps(world.random.int(1, 40))
  await work()
}

/** A person's SDK: sends its events in order, each until it is answered. */
export async function runClient(
  world: World,
  person: string,
  events: readonly SimEvent[],
  shard: SimShard,
  onAcknowledged: (event: SimEvent) => void,
): Promise<void> {
  const clockErrorMs = world.random.int(-40, 40) * 86_400_000
  for (let sent = 0; sent < events.length; ) {
    const batch = events.slice(sent, sent + world.random.int(1, 3))
    const records = batch.map((event) => toRecord(event, person, world.now, clockErrorMs))
    const stored = await shard.append(records).then(
      () => true,
      () => false,
    )
    if (!stored) continue
    batch.forEach(onAcknowledged)
    sent += batch.length
  }
}

function toRecord(event: SimEvent, person: string, now: number, errorMs: number): EventRecord {
  return {
    ...RECORD_DEFAULTS,
    uuid: event.uuid,
    project_id: 'sim',
    event: event.poison ? 'poison' : 'step',
    distinct_id: person,
    // Months apart and out of order: an insert of these makes several parts.
    timestamp: now + errorMs + event.n * 1_000,
    received_at: now,
    properties: { n: event.n },
  }
}

function hex(world: World): string {
  return Array.from({ length: 16 }, () => world.random.int(0, 15).toString(16)).join('')
}

import { createBridgeApp } from '../../bridge/app.ts'
import { consumerMetrics } from '../../consumer/metrics.ts'
import type { PlaceReader } from '../../consumer/place.ts'
import { Consumer } from '../../consumer/run.ts'
import { PartitionCalls, type Standing } from '../../log/partition-calls.ts'
import { silentLogger } from '../../shared/logger.ts'
import { createMetrics } from '../../shared/metrics.ts'
import { runClient, SECRET, type SimEvent, SimShard } from './edge.ts'
import { SimLog } from './log.ts'
import { SimStore, uuidIn } from './store.ts'
import { World } from './world.ts'

const PEOPLE = 4
const EVENTS_EACH = 8
const SHARDS = 2
const FAULTY_TURNS = 220
const MAX_TURNS = 20_000
const DAY_MS = 86_400_000
const MAX_RECORDS = 12
const NEVER = new AbortController().signal
const NOTHING_PLANNED = { planned: null, lastAppendedAt: null }

/** A defence that is switched off, to prove that the simulation would notice. */
export type Mutation =
  | 'none'
  | 'no_fence'
  | 'no_plan'
  | 'forget_half_inserts'
  | 'forget_other_logs'
  | 'no_rewind'
  | 'commit_before_store'

export interface Verdict {
  lost: string[]
  doubled: string[]
  unknown: string[]
  outOfOrder: string[]
  poisonStored: string[]
}

/** Runs one history from clients to store, with faults, then in calm to its end, and judges it. */
export async function simulate(seed: number, mutation: Mutation = 'none'): Promise<Verdict> {
  const world = new World(seed)
  const scrambleShards = mutation === 'no_fence'
  let log = new SimLog(world, { id: 'log-1', partitions: 2, scrambleShards })
  const store = new SimStore(world, {
    halves: mutation === 'forget_half_inserts',
    otherLogs: mutation === 'forget_other_logs',
  })
  const bridge = createBridgeApp({
    log: { append: (records) => log.append(records) },
    secret: SECRET,
    clock: () => world.now,
    logger: silentLogger,
    metrics: createMetrics(),
  })
  const shards = Array.from({ length: SHARDS }, (_, i) => new SimShard(world, bridge, `sim:${i}`))
  const acknowledged = new Map<string, SimEvent>()
  const sent = new Map<string, SimEvent>()
  let clientsLeft = PEOPLE
  for (let p = 0; p < PEOPLE; p++) {
    const person = `person-${p}`
    const events = makeEvents(world, seed, p)
    for (const event of events) sent.set(event.uuid, event)
    const shard = shards[p % SHARDS]
    if (!shard) throw new Error('no shard')
    void runClient(world, person, events, shard, (event) =>
      acknowledged.set(event.uuid, event),
    ).then(() => clientsLeft--)
  }
  const windowSize = mutation === 'no_fence' ? 1 : 1_000
  const consumers = new Consumers(world, log, store, windowSize, mutation)
  void crashNowAndThen(world, shards, consumers)
  const nextLog = () => {
    log = new SimLog(world, { id: 'log-2', partitions: 3, scrambleShards })
    return log
  }
  const fate = world.random.next()
  if (fate < 0.25) void changeLog(world, log, consumers, nextLog)
  else if (fate < 0.5) void restoreStore(world, store, consumers, mutation !== 'no_rewind')

  let turns = 0
  const done = () => {
    if (++turns > FAULTY_TURNS) world.calm = true
    return clientsLeft === 0 && shards.every((shard) => shard.isEmpty) && consumers.isDone
  }
  await world.run(done, MAX_TURNS)
  return judge(store, acknowledged, sent)
}

/** One life of the consumer process. */
interface Life {
  /** Nothing it waits for comes back to it, and nothing more is done by it. */
  killed: boolean
  /** What it reads. */
  log: SimLog
  /** By partition: everything before this offset it has seen. */
  seen: number[]
}

/**
 * The consumer process: one life after the other on the same log and store. The store is part of the
 * process, and dies with it in the middle of an insert; or it is a server, where an insert outlives its
 * sender, and where a life may only have been stopped for a while: it goes on beside the next one.
 */
class Consumers {
  #life: Life
  readonly #lives: Life[] = []
  #world: World
  #log: SimLog
  #store: SimStore
  #windowSize: number
  #mutation: Mutation
  #isServer: boolean

  constructor(world: World, log: SimLog, store: SimStore, windowSize: number, mutation: Mutation) {
    this.#world = world
    this.#log = log
    this.#store = store
    this.#windowSize = windowSize
    this.#mutation = mutation
    this.#isServer = world.random.next() < 0.6
    this.#life = { killed: true, log, seen: [] }
    this.restart()
  }

  get isDone(): boolean {
    return this.#log.records.every((list, p) => {
      const standing = this.#log.standings[p]
      const isHandled = standing?.planned === null && standing.next >= list.length
      return list.length === 0 || (isHandled && (this.#life.seen[p] ?? 0) >= list.length)
    })
  }

  /** Kills or stops the process at whatever step it is, and starts another. */
  restart(): void {
    this.#life.killed ||= !this.#isServer || this.#world.random.next() < 0.5
    const log = this.#log
    const life: Life = { killed: false, log, seen: [] }
    this.#life = life
    this.#lives.push(life)
    const alive = () => !life.killed
    const { standings } = log
    // A group's standing can expire. What a stopped life still holds back would then be unknown.
    if (!this.#isServer && this.#world.fault(0.1)) standings.fill(null)
    const consumer = new Consumer({
      log,
      store: {
        insert: (table, rows, token) =>
          whileAlive(alive, () =>
            this.#store.insert(table, rows, token, this.#isServer ? () => true : alive),
          ),
      },
      places: placesWhileAlive(this.#store, alive),
      clock: () => this.#world.now,
      sleep: () => this.#world.step(),
      logger: silentLogger,
      metrics: consumerMetrics(createMetrics()),
      windowSize: this.#windowSize,
      repeatsMs: 400 * DAY_MS,
    })
    standings.forEach((_, partition) => void this.#keepReading(consumer, partition, life))
  }

  /** All of its lives are over. */
  end(): void {
    for (const life of this.#lives) life.killed = true
  }

  /** Of the calls of a partition only the last one can be in half: it is looked at again. */
  async rewind(store: SimStore): Promise<void> {
    const { id: logId, standings } = this.#log
    for (const partition of standings.keys()) {
      const next = (await store.nextOffset({ logId, partition })) - MAX_RECORDS
      standings[partition] = { ...NOTHING_PLANNED, next: Math.max(0, next) }
    }
  }

  /** The next life reads this log, from its beginning. */
  moveTo(log: SimLog): void {
    this.#log = log
    this.restart()
  }

  // Until another life has the partition: then nothing can be kept any more.
  async #keepReading(consumer: Consumer, partition: number, life: Life): Promise<void> {
    while (life === this.#life) {
      await this.#read(consumer, partition, life).catch(() => {})
    }
  }

  async #read(consumer: Consumer, partition: number, life: Life): Promise<void> {
    const records = life.log.records[partition] ?? []
    const calls = new PartitionCalls({
      partition,
      handler: consumer,
      standing: life.log.standings[partition] ?? null,
      keep: (standing) => this.#keep(partition, standing, life),
      maxRecords: MAX_RECORDS,
    })
    let offset = (await calls.start(NEVER)) ?? 0
    life.seen[partition] = offset
    for (;;) {
      await this.#world.step()
      if (life.killed) return new Promise(() => {})
      const batch = records.slice(offset, offset + this.#world.random.int(1, 12))
      const last = batch.at(-1)
      if (!last && life !== this.#life) return
      if (!last) continue
      if (this.#mutation === 'commit_before_store') {
        await this.#keep(partition, { ...NOTHING_PLANNED, next: last.offset + 1 }, life)
      }
      await calls.give(batch, NEVER)
      offset = last.offset + 1
      life.seen[partition] = offset
    }
  }

  async #keep(partition: number, standing: Standing, life: Life): Promise<void> {
    await this.#world.step()
    if (life.killed) return new Promise(() => {})
    if (life !== this.#life) throw new Error('the partition is not ours any more')
    if (this.#world.fault(0.1)) throw new Error('the log is away')
    const { standings } = life.log
    standings[partition] = this.#mutation === 'no_plan' ? { ...standing, planned: null } : standing
    if (this.#world.fault(0.1)) throw new Error('the answer was lost')
  }
}

// What a dead process was waiting for never comes back to it; its next call is never made.
async function whileAlive<Value>(alive: () => boolean, work: () => Promise<Value>): Promise<Value> {
  if (!alive()) return new Promise(() => {})
  try {
    const value = await work()
    return alive() ? value : await new Promise(() => {})
  } catch (error) {
    if (!alive()) return new Promise(() => {})
    throw error
  }
}

function placesWhileAlive(store: SimStore, alive: () => boolean): PlaceReader {
  return {
    nextOffset: (...args) => whileAlive(alive, () => store.nextOffset(...args)),
    storedFrom: (...args) => whileAlive(alive, () => store.storedFrom(...args)),
    lastMarks: (id, start) => whileAlive(alive, () => store.lastMarks(id, start)),
    lastBatches: (logId) => whileAlive(alive, () => store.lastBatches(logId)),
    recentUuids: (...args) => whileAlive(alive, () => store.recentUuids(...args)),
  }
}

async function crashNowAndThen(world: World, shards: SimShard[], consumers: Consumers) {
  while (!world.calm) {
    await world.steps(world.random.int(5, 30))
    if (world.fault(0.5)) consumers.restart()
    if (world.fault(0.4)) shards[world.random.int(0, shards.length - 1)]?.crash()
  }
}

// As `npm run kafka-partitions` does: the old log takes nothing more, and is read to its end before
// the bridge and the consumer turn to the new one.
async function changeLog(world: World, old: SimLog, consumers: Consumers, next: () => SimLog) {
  await world.steps(world.random.int(5, 40))
  old.sealed = true
  do await world.step()
  while (!consumers.isDone)
  consumers.moveTo(next())
}

// A copy of the store's disk, made while all goes on, and restored some time later. As
// `npm run rewind-consumers` does: what the group has handled is told anew by what the store holds.
async function restoreStore(
  world: World,
  store: SimStore,
  consumers: Consumers,
  rewinds: boolean,
): Promise<void> {
  await world.steps(world.random.int(10, 80))
  const restore = store.backUp()
  await world.steps(world.random.int(5, 60))
  consumers.end()
  restore()
  if (rewinds) await consumers.rewind(store)
  consumers.restart()
}

function makeEvents(world: World, seed: number, person: number): SimEvent[] {
  return Array.from({ length: EVENTS_EACH }, (_, n) => ({
    uuid: `${String(seed % 1e8).padStart(8, '0')}-0000-4000-8000-${String(person * 1000 + n).padStart(12, '0')}`,
    person: `person-${person}`,
    n,
    poison: world.random.next() < 0.05,
  }))
}

function judge(
  store: SimStore,
  acknowledged: ReadonlyMap<string, SimEvent>,
  sent: ReadonlyMap<string, SimEvent>,
): Verdict {
  const copies = new Map<string, number>()
  const dead = new Set(store.deadLetters.map((row) => uuidIn(row.record ?? '')))
  for (const { uuid } of store.events) copies.set(uuid, (copies.get(uuid) ?? 0) + 1)
  const events = [...acknowledged.values()]
  const held = ({ uuid, poison }: SimEvent) => (poison ? dead.has(uuid) : copies.has(uuid))
  return {
    lost: events.filter((event) => !held(event)).map(({ uuid }) => uuid),
    doubled: [...copies].filter(([, count]) => count > 1).map(([uuid]) => uuid),
    unknown: [...copies.keys()].filter((uuid) => !sent.has(uuid)),
    outOfOrder: outOfOrder(store, sent),
    poisonStored: [...copies.keys()].filter((uuid) => sent.get(uuid)?.poison),
  }
}

// By log and offset, a person's events must count up.
function outOfOrder(store: SimStore, sent: ReadonlyMap<string, SimEvent>): string[] {
  const last = new Map<string, number>()
  const wrong: string[] = []
  const place = ({ log_id, log_offset }: { log_id: string; log_offset: number }) =>
    `${log_id}/${String(log_offset).padStart(6, '0')}`
  for (const { uuid } of store.events.toSorted((a, b) => place(a).localeCompare(place(b)))) {
    const event = sent.get(uuid)
    if (!event) continue
    if (event.n < (last.get(event.person) ?? -1)) wrong.push(uuid)
    last.set(event.person, event.n)
  }
  return wrong
}

import { createBridgeApp } from '../../bridge/app.ts'
import { consumerMetrics } from '../../consumer/metrics.ts'
import type { PlaceReader } from '../../consumer/place.ts'
import { Consumer } from '../../consumer/run.ts'
import { silentLogger } from '../../shared/logger.ts'
import { createMetrics } from '../../shared/metrics.ts'
import { runClient, SECRET, type SimEvent, SimShard } from './edge.ts'
import { SimLog } from './log.ts'
import { SimStore } from './store.ts'
import { World } from './world.ts'

const PEOPLE = 4
const EVENTS_EACH = 8
const SHARDS = 2
const FAULTY_TURNS = 220
const MAX_TURNS = 20_000
const DAY_MS = 86_400_000

/** A defence that is switched off, to prove that the simulation would notice. */
export type Mutation = 'none' | 'no_fence' | 'forget_half_inserts' | 'commit_before_store'

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
  const log = new SimLog(world, mutation === 'no_fence')
  const store = new SimStore(world, mutation === 'forget_half_inserts')
  const bridge = createBridgeApp({
    log,
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

  let turns = 0
  const done = () => {
    if (++turns > FAULTY_TURNS) world.calm = true
    return clientsLeft === 0 && shards.every((shard) => shard.isEmpty) && consumers.isDone
  }
  await world.run(done, MAX_TURNS)
  return judge(store, acknowledged, sent)
}

/** The consumer process: one life after the other on the same log and store. */
class Consumers {
  #life = 0
  #world: World
  #log: SimLog
  #store: SimStore
  #windowSize: number
  #mutation: Mutation

  constructor(world: World, log: SimLog, store: SimStore, windowSize: number, mutation: Mutation) {
    this.#world = world
    this.#log = log
    this.#store = store
    this.#windowSize = windowSize
    this.#mutation = mutation
    this.restart()
  }

  get isDone(): boolean {
    return this.#log.records.every((list, p) => (this.#log.committed[p] ?? 0) >= list.length)
  }

  /** Kills the process at whatever step it is, and starts another. */
  restart(): void {
    const life = ++this.#life
    const alive = () => life === this.#life
    const consumer = new Consumer({
      log: this.#log,
      store: {
        insert: (table, rows, token) =>
          whileAlive(alive, () => this.#store.insert(table, rows, token, alive)),
      },
      places: placesWhileAlive(this.#store, alive),
      clock: () => this.#world.now,
      sleep: () => this.#world.step(),
      logger: silentLogger,
      metrics: consumerMetrics(createMetrics()),
      windowSize: this.#windowSize,
      repeatsMs: 400 * DAY_MS,
    })
    this.#log.records.forEach((_, partition) => void this.#read(consumer, partition, alive))
  }

  async #read(consumer: Consumer, partition: number, alive: () => boolean): Promise<void> {
    const { committed, records } = this.#log
    let offset = await consumer.assigned(partition, committed[partition] ?? null)
    while (alive()) {
      await this.#world.step()
      const end = offset + this.#world.random.int(1, 12)
      const batch = (records[partition] ?? []).slice(offset, end)
      const last = batch.at(-1)
      if (!alive()) return
      if (!last) {
        if (this.#world.calm) committed[partition] = offset
        continue
      }
      if (this.#mutation === 'commit_before_store') committed[partition] = last.offset + 1
      await consumer.handle(partition, batch)
      offset = last.offset + 1
      // The hint is not always written: it is only a hint.
      await this.#world.step()
      if (alive() && !this.#world.fault(0.3)) committed[partition] = offset
    }
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
  const dead = new Set(store.deadLetters.map((row) => uuidOf(row.record)))
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

// By offset, a person's events must count up.
function outOfOrder(store: SimStore, sent: ReadonlyMap<string, SimEvent>): string[] {
  const last = new Map<string, number>()
  const wrong: string[] = []
  for (const { uuid } of [...store.events].sort((a, b) => a.log_offset - b.log_offset)) {
    const event = sent.get(uuid)
    if (!event) continue
    if (event.n < (last.get(event.person) ?? -1)) wrong.push(uuid)
    last.set(event.person, event.n)
  }
  return wrong
}

function uuidOf(record: unknown): string {
  return (JSON.parse(String(record)) as { uuid: string }).uuid
}

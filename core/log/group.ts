import type { PartitionHandler, ReadOptions, StoredRecord, Subscription } from './log.ts'
import { PartitionCalls, type Standing } from './partition-calls.ts'

/** What a log in this process offers to its consumer groups. */
export interface GroupStore {
  readonly partitionCount: number
  read(partition: number, offset: number, max: number): StoredRecord[]
  /** Offset the next record of the partition will get. */
  end(partition: number): number
  standing(group: string, partition: number): Standing | null
  keepStanding(group: string, partition: number, standing: Standing): void
  /** Tells of every append; returns how to stop listening. */
  onAppend(listener: () => void): () => void
}

/** The members of one group on one log, in the order in which they joined. */
const groups = new WeakMap<GroupStore, Map<string, Member[]>>()

/** Joins a group: its partitions are dealt out evenly, again whenever a member comes or goes. */
export async function joinGroup(
  store: GroupStore,
  name: string,
  handler: PartitionHandler,
  options: ReadOptions,
): Promise<Subscription> {
  const byName = groups.get(store) ?? new Map<string, Member[]>()
  groups.set(store, byName)
  const members = byName.get(name) ?? []
  byName.set(name, members)
  const member: Member = { name, handler, options, readers: new Map() }
  members.push(member)
  await deal(store, members)
  return {
    async close() {
      const index = members.indexOf(member)
      if (index === -1) return
      members.splice(index, 1)
      await stopReaders(member, () => true)
      await deal(store, members)
    },
  }
}

interface Member {
  name: string
  handler: PartitionHandler
  options: ReadOptions
  readers: Map<number, Reader>
}

async function deal(store: GroupStore, members: Member[]): Promise<void> {
  const owner = (partition: number) => members[partition % members.length]
  // Everyone lets go before anyone takes: a partition never has two readers.
  await Promise.all(
    members.map((member) => stopReaders(member, (partition) => owner(partition) !== member)),
  )
  for (let partition = 0; partition < store.partitionCount; partition++) {
    const member = owner(partition)
    if (!member || member.readers.has(partition)) continue
    member.readers.set(partition, new Reader(store, member, partition))
  }
}

async function stopReaders(member: Member, leaves: (partition: number) => boolean): Promise<void> {
  const leaving = [...member.readers].filter(([partition]) => leaves(partition))
  await Promise.all(
    leaving.map(async ([partition, reader]) => {
      await reader.stop()
      member.readers.delete(partition)
      await member.handler.revoked(partition)
    }),
  )
}

/** Reads one partition for one member until it is stopped; a failed call is made again. */
class Reader {
  #store: GroupStore
  #member: Member
  #partition: number
  #stopped = new AbortController()
  #done: Promise<void>

  constructor(store: GroupStore, member: Member, partition: number) {
    this.#store = store
    this.#member = member
    this.#partition = partition
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#done
  }

  async #run(): Promise<void> {
    const { handler, name, options } = this.#member
    const { signal } = this.#stopped
    const calls = new PartitionCalls({
      partition: this.#partition,
      handler,
      standing: this.#store.standing(name, this.#partition),
      keep: async (standing) => this.#store.keepStanding(name, this.#partition, standing),
      maxRecords: options.maxRecords,
    })
    let offset = await calls.start(signal)
    while (offset !== null && !signal.aborted) {
      const records = await this.#next(offset, options)
      const last = records.at(-1)
      if (!last) continue
      if (!(await calls.give(records, signal))) return
      offset = last.offset + 1
    }
  }

  /** The next records; waits up to lingerMs for more of them once there are some. */
  async #next(offset: number, { maxRecords, lingerMs }: ReadOptions): Promise<StoredRecord[]> {
    const has = (count: number) => this.#store.end(this.#partition) - offset >= count
    if (!has(1)) await this.#appended(null)
    if (!this.#stopped.signal.aborted && lingerMs > 0 && !has(maxRecords)) {
      const deadline = Date.now() + lingerMs
      while (Date.now() < deadline && !this.#stopped.signal.aborted) {
        await this.#appended(deadline - Date.now())
        if (has(maxRecords)) break
      }
    }
    if (this.#stopped.signal.aborted) return []
    return this.#store.read(this.#partition, offset, maxRecords)
  }

  #appended(timeoutMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        off()
        clearTimeout(timer)
        this.#stopped.signal.removeEventListener('abort', finish)
        resolve()
      }
      const off = this.#store.onAppend(finish)
      const timer = timeoutMs === null ? undefined : setTimeout(finish, timeoutMs)
      this.#stopped.signal.addEventListener('abort', finish)
      if (this.#stopped.signal.aborted) finish()
    })
  }
}

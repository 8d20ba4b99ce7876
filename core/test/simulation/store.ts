import type { EventRow } from '@headwater/schemas/row'
import type { Mark } from '../../consumer/fence.ts'
import type { LastBatch, PartitionId, PlaceReader, StoredOffset } from '../../consumer/place.ts'
import { UuidWindow } from '../../consumer/uuid-window.ts'
import { type EventStore, StoreError, type StoreTable } from '../../store/store.ts'
import type { World } from './world.ts'

type Placed = 'uuid' | 'log_id' | 'log_partition' | 'log_offset' | 'shard' | 'seq' | 'idx'
type Row = Pick<EventRow, Placed> & Partial<EventRow> & { record?: string }

/** What it does not tell, to prove that it must. */
export interface Forgetting {
  /** What is stored beyond the start. */
  halves: boolean
  /** What came over other logs. */
  otherLogs: boolean
}

/**
 * A store that fails as ClickHouse does: an insert makes one part per month and can be cut off between
 * two of them; an answer can be lost; a refused row takes its insert with it; a token works per part.
 */
export class SimStore implements Pick<EventStore, 'insert'>, PlaceReader {
  readonly events: Row[] = []
  readonly deadLetters: Row[] = []
  #world: World
  #tokens = new Set<string>()
  #forgets: Forgetting
  /** Every restore begins another; nothing of an insert gets from one to the next. */
  #life = 0

  constructor(world: World, forgets: Forgetting) {
    this.#world = world
    this.#forgets = forgets
  }

  /** @param alive whether the inserting process, which the store is part of, still lives */
  async insert(
    table: StoreTable,
    rows: readonly string[],
    token: string,
    alive: () => boolean = () => true,
  ): Promise<void> {
    const life = this.#life
    await this.#world.step()
    if (!alive()) return
    if (this.#world.fault(0.05)) throw new StoreError('unavailable', 'the store is away')
    const parsed = rows.map((row) => JSON.parse(row) as Row)
    if (table === 'events' && parsed.some((row) => row.event === 'poison')) {
      throw new StoreError('refused', 'Cannot parse: poison')
    }
    for (const [month, part] of byMonth(parsed)) {
      if (life !== this.#life) throw new StoreError('unavailable', 'the store was stopped')
      const partToken = `${table} ${token} ${month}`
      if (!this.#tokens.has(partToken)) {
        this.#tokens.add(partToken)
        this.#table(table).push(...part)
      }
      // A crash here leaves the other months out.
      await this.#world.step()
      if (!alive()) return
    }
    if (this.#world.fault(0.05)) throw new StoreError('unavailable', 'the answer was lost')
  }

  /** What a copy of its disk at this moment holds: also halves of inserts. Returns how to restore it. */
  backUp(): () => void {
    const [events, letters] = [[...this.events], [...this.deadLetters]]
    const tokens = new Set(this.#tokens)
    return () => {
      this.#life++
      this.events.splice(0, this.events.length, ...events)
      this.deadLetters.splice(0, this.deadLetters.length, ...letters)
      this.#tokens = tokens
    }
  }

  async nextOffset(id: PartitionId): Promise<number> {
    await this.#world.step()
    return Math.max(0, ...this.#rowsOf(id).map((row) => row.log_offset + 1))
  }

  async storedFrom(id: PartitionId, start: number) {
    await this.#world.step()
    if (this.#forgets.halves) return []
    return this.#rowsOf(id)
      .filter((row) => row.log_offset >= start)
      .map(({ log_offset, uuid, record }): [number, StoredOffset] => {
        return [log_offset, { uuid, died: record !== undefined }]
      })
  }

  async lastMarks(id: PartitionId, start: number) {
    await this.#world.step()
    const marks = new Map<string, Mark>()
    for (const row of this.#rowsOf(id)) {
      if (row.log_offset >= start) continue
      const last = marks.get(row.shard)
      if (!last || row.seq > last.seq || (row.seq === last.seq && row.idx > last.idx)) {
        marks.set(row.shard, { seq: row.seq, idx: row.idx })
      }
    }
    return [...marks]
  }

  async lastBatches(logId: string): Promise<[string, LastBatch][]> {
    await this.#world.step()
    const last = new Map<string, { seq: number; stored: Set<number> }>()
    for (const { shard, seq, idx } of this.#rowsOfOthers(logId)) {
      const known = last.get(shard)
      if (!known || seq > known.seq) last.set(shard, { seq, stored: new Set([idx]) })
      else if (seq === known.seq) known.stored.add(idx)
    }
    return [...last]
  }

  async recentUuids(id: PartitionId, start: number, _since: number, limit: number) {
    await this.#world.step()
    const own = this.#rowsOf(id)
      .filter((row) => row.log_offset < start)
      .sort((a, b) => a.log_offset - b.log_offset)
    return [...this.#rowsOfOthers(id.logId), ...own]
      .slice(-limit)
      .map(({ project_id = '', uuid, record }) =>
        record ? UuidWindow.deadKey(project_id, uuidIn(record)) : UuidWindow.key(project_id, uuid),
      )
  }

  #rowsOf({ logId, partition }: PartitionId): Row[] {
    return this.#rows().filter((row) => row.log_id === logId && row.log_partition === partition)
  }

  #rowsOfOthers(logId: string): Row[] {
    return this.#forgets.otherLogs ? [] : this.#rows().filter((row) => row.log_id !== logId)
  }

  #rows(): Row[] {
    return [...this.events, ...this.deadLetters]
  }

  #table(table: StoreTable): Row[] {
    return table === 'events' ? this.events : this.deadLetters
  }
}

function byMonth(rows: readonly Row[]): Map<string, Row[]> {
  const parts = new Map<string, Row[]>()
  for (const row of rows) {
    const month = new Date(row.timestamp ?? 0).toISOString().slice(0, 7)
    const part = parts.get(month)
    if (part) part.push(row)
    else parts.set(month, [row])
  }
  return parts
}

/** The uuid of the record that a dead letter holds. */
export function uuidIn(record: string): string {
  return (JSON.parse(record) as { uuid: string }).uuid
}

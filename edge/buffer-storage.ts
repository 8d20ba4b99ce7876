import type { BatchId } from '@headwater/schemas/batch'
import type { Chunk } from './buffer.ts'
import type { Batch } from './sink.ts'

/** What is known of a segment without reading it. A segment's number is its batch's seq. */
interface Segment {
  seq: number
  /** As stored: gzipped. */
  size: number
  /** Of the frames themselves. */
  bytes: number
  events: number
  /** When its first event was stored. */
  since: number
}

export type SetAsideBatch = Omit<Segment, 'since'>

/**
 * The SQLite side of a buffer. A segment is one table `seg_<seq>` without index or AUTOINCREMENT, so
 * that a commit writes one row, and an acknowledged batch is dropped whole, which writes none.
 * Every change is one transaction; what is in memory changes only after it.
 */
export class BufferStorage {
  readonly #storage: DurableObjectStorage
  readonly #sql: SqlStorage
  readonly #sealMaxBytes: number
  readonly #segments: Segment[] = []
  #open: Segment | null = null
  #nextSeq = 1
  #heldBytes = 0
  #shard = ''

  /** `name` is the shard's name; an object woken by its alarm may not know it, and reads it back. */
  constructor(storage: DurableObjectStorage, name: string | undefined, sealMaxBytes: number) {
    this.#storage = storage
    this.#sql = storage.sql
    this.#sealMaxBytes = sealMaxBytes
    storage.transactionSync(() => this.#start(name))
  }

  /** Bytes of storage that are in use for events. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  get heldEvents(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.events, 0)
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0
  }

  get sealedBatches(): number {
    return this.#segments.length - (this.#open ? 1 : 0)
  }

  /** Bytes of the open segment's frames: what the bridge will have to unpack. */
  get openBytes(): number {
    return this.#open?.bytes ?? 0
  }

  get openSince(): number | null {
    return this.#open?.since ?? null
  }

  get oldestSince(): number | null {
    return this.#segments[0]?.since ?? null
  }

  /** The shard's name and incarnation, as batches carry it. */
  get shard(): string {
    return this.#shard
  }

  /** Stores all chunks or none, one row each. Closes the open segment when a chunk would overfill it. */
  append(chunks: readonly Chunk[], nowMs: number): void {
    const changed: Segment[] = []
    this.#storage.transactionSync(() => {
      let open = this.#open && { ...this.#open }
      let nextSeq = this.#nextSeq
      if (open) changed.push(open)
      for (const { body, bytes, events } of chunks) {
        if (!open || (open.bytes > 0 && open.bytes + bytes > this.#sealMaxBytes)) {
          open = { seq: nextSeq++, size: 0, bytes: 0, events: 0, since: nowMs }
          changed.push(open)
          this.#sql.exec(
            `CREATE TABLE ${segmentTable(open.seq)} (id INTEGER PRIMARY KEY, body BLOB, bytes INTEGER, events INTEGER, at INTEGER)`,
          )
        }
        this.#sql.exec(
          `INSERT INTO ${segmentTable(open.seq)} (body, bytes, events, at) VALUES (?, ?, ?, ?)`,
          body,
          bytes,
          events,
          nowMs,
        )
        open.size += body.length
        open.bytes += bytes
        open.events += events
      }
    })
    if (this.#open) this.#segments.pop()
    this.#segments.push(...changed)
    this.#open = changed.at(-1) ?? null
    this.#nextSeq = (this.#open?.seq ?? this.#nextSeq - 1) + 1
    for (const { body } of chunks) this.#heldBytes += body.length
  }

  /** Closes the open segment: from here on it is a batch whose bytes never change. */
  seal(): void {
    this.#open = null
  }

  /** Reads the batch to send next; null when none is sealed. */
  oldestBatch(): Batch | null {
    const [oldest] = this.#segments
    if (!oldest || oldest === this.#open) return null
    const body = new Uint8Array(oldest.size)
    let offset = 0
    const rows = this.#sql.exec<{ body: ArrayBuffer }>(
      `SELECT body FROM ${segmentTable(oldest.seq)} ORDER BY id`,
    )
    for (const row of rows) {
      body.set(new Uint8Array(row.body), offset)
      offset += row.body.byteLength
    }
    return { id: { shard: this.#shard, seq: oldest.seq }, events: oldest.events, body }
  }

  /** Forgets a batch, only ever after the bridge acknowledged it. */
  acknowledge({ seq }: BatchId): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec(`DROP TABLE ${segmentTable(seq)}`)
      this.#setMeta('done_seq', String(seq))
    })
    this.#forget(seq)
  }

  /** Keeps a batch that can never succeed out of the way of the others. */
  setAside({ seq }: BatchId): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec(`ALTER TABLE ${segmentTable(seq)} RENAME TO ${deadTable(seq)}`)
      this.#setMeta('done_seq', String(seq))
    })
    this.#forget(seq)
  }

  /** What was set aside, oldest first. */
  setAsideBatches(): SetAsideBatch[] {
    return this.#tables('dead_').map((seq) => this.#measure(deadTable(seq), seq))
  }

  /** Queues everything that was set aside again, under new numbers. Returns how many batches. */
  replaySetAside(): number {
    const dead = this.setAsideBatches()
    this.seal()
    this.#storage.transactionSync(() => {
      dead.forEach(({ seq }, place) => {
        const fresh = segmentTable(this.#nextSeq + place)
        this.#sql.exec(`ALTER TABLE ${deadTable(seq)} RENAME TO ${fresh}`)
      })
    })
    for (const batch of dead) {
      this.#segments.push({ ...batch, seq: this.#nextSeq++, since: Date.now() })
      this.#heldBytes += batch.size
    }
    return dead.length
  }

  #start(name: string | undefined): void {
    this.#sql.exec('CREATE TABLE IF NOT EXISTS meta (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID')
    let shard = this.#meta('shard')
    if (!shard) {
      if (!name) throw new Error('a buffer must be made by its name')
      // Made once with the storage: a wiped buffer is never taken for repeating its old numbers.
      shard = `${name}@${randomHex(8)}`
      this.#setMeta('shard', shard)
    }
    this.#shard = shard
    // Whether the last segment was already sent once is not known, so nothing is added to it any more.
    for (const seq of this.#tables('seg_')) {
      const segment = this.#measure(segmentTable(seq), seq)
      this.#segments.push(segment)
      this.#heldBytes += segment.size
    }
    const used = [
      Number(this.#meta('done_seq') ?? 0),
      ...this.#tables('seg_'),
      ...this.#tables('dead_'),
    ]
    this.#nextSeq = Math.max(...used) + 1
  }

  #forget(seq: number): void {
    const index = this.#segments.findIndex((segment) => segment.seq === seq)
    const [gone] = this.#segments.splice(index, 1)
    this.#heldBytes -= gone?.size ?? 0
  }

  #tables(prefix: 'seg_' | 'dead_'): number[] {
    return this.#sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray()
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name }) => Number(name.slice(prefix.length)))
      .sort((a, b) => a - b)
  }

  #measure(table: string, seq: number): Segment {
    const sums = this.#sql
      .exec<Omit<Segment, 'seq'>>(
        `SELECT sum(length(body)) AS size, sum(bytes) AS bytes, sum(events) AS events,
          min(at) AS since FROM ${table}`,
      )
      .one()
    return { seq, ...sums }
  }

  #meta(key: string): string | null {
    const [row] = this.#sql.exec<{ v: string }>('SELECT v FROM meta WHERE k = ?', key).toArray()
    return row?.v ?? null
  }

  #setMeta(key: string, value: string): void {
    this.#sql.exec(
      'INSERT INTO meta (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v',
      key,
      value,
    )
  }
}

// Names are made of numbers of our own only: nothing that a sender says reaches a statement's text.
function segmentTable(seq: number): string {
  return `seg_${seq}`
}

function deadTable(seq: number): string {
  return `dead_${seq}`
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

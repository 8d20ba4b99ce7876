import { randomBytes } from 'node:crypto'
import {
  MAX_SKIPS_LISTED,
  type ReplayResult,
  SKIP_REASONS,
  type SkipReason,
} from '@headwater/schemas/dead-letter'
import { partitionKey } from '@headwater/schemas/record'
import { replayShard } from '../consumer/dead-letters.ts'
import type { EventLog, LogRecord } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import type { EventStore } from '../store/store.ts'
import { eventsStoredSince, type ReplayRow, replaysOf } from './dead-letter-marks.ts'
import { correctRecord, madeUuid, readFacts, uuidOf } from './dead-letter-record.ts'
import {
  findLetters,
  type LetterReader,
  type LetterRow,
  newestDeath,
  unreplayedLetters,
} from './dead-letter-rows.ts'
import { QueryRefusal } from './errors.ts'

/** Where replays go: the log, and the table that remembers them. */
export interface ReplayTarget {
  append: EventLog['append']
  insert: EventStore['insert']
}

export const replayTarget = (
  log: Pick<EventLog, 'append'>,
  store: Pick<EventStore, 'insert'>,
): ReplayTarget => ({
  append: (records) => log.append(records),
  insert: (...args) => store.insert(...args),
})

export interface ReplayDeps {
  reader: LetterReader
  target: ReplayTarget
  clock: Clock
  /** 16 hex digits, never the same twice. @default random */
  newShard?: () => string
}

export interface ReplayOrder {
  ids: readonly string[] | 'all'
  record?: string | undefined
  force: boolean
}

/** Letters read and judged together; a record may have a megabyte. */
const CHUNK = 50
/** Appended together; the log's limit is of compressed bytes, and greater. */
const MAX_APPEND_CHARACTERS = 4_000_000

/**
 * Puts letters on the log again, in its order, to be judged anew. A replayed letter is marked; the mark
 * comes last, so that no letter says it was replayed that was not. Whoever is stopped in between, and
 * tries again, appends a copy, which the consumer skips: it has the same uuid and goes to the same
 * partition. Rejects with QueryRefusal.
 */
export async function replayLetters(deps: ReplayDeps, order: ReplayOrder): Promise<ReplayResult> {
  const replay = new Replay(deps, order)
  if (order.ids === 'all') await replay.all()
  else await replay.some([...new Set(order.ids)])
  return replay.result
}

/** One record that is to be appended, and what is to be remembered of it. */
interface Planned {
  letter: LetterRow
  uuid: string
  project: string
  key: string
  value: string
}

class Replay {
  readonly result: ReplayResult = { replayed: 0, skipped: 0, skips: [] }
  readonly #deps: ReplayDeps
  readonly #order: ReplayOrder
  // Of this call alone: another that runs beside it could pass it on the way, and a fence must see
  // the numbers of a shard grow.
  readonly #shard: string
  #seq = 0

  constructor(deps: ReplayDeps, order: ReplayOrder) {
    const { newShard = () => randomBytes(8).toString('hex') } = deps
    this.#deps = deps
    this.#order = order
    this.#shard = replayShard(newShard())
  }

  async some(ids: readonly string[]): Promise<void> {
    const { reader } = this.#deps
    const found = new Set<string>()
    // All are looked for before any is replayed: a wrong id replays nothing.
    for (let i = 0; i < ids.length; i += CHUNK) {
      for (const { id } of await findLetters(reader, ids.slice(i, i + CHUNK))) found.add(id)
    }
    const missing = ids.find((id) => !found.has(id))
    if (missing !== undefined) throw unknownLetter(missing, 'ids')
    for (let i = 0; i < ids.length; i += CHUNK) {
      await this.#replay(await findLetters(reader, ids.slice(i, i + CHUNK)))
    }
  }

  // Not those that die while this runs: each of them would come back for ever.
  async all(): Promise<void> {
    const { reader } = this.#deps
    const diedBy = await newestDeath(reader)
    for (let after: LetterRow | null = null; ; ) {
      const letters: LetterRow[] = await unreplayedLetters(reader, diedBy, after, CHUNK)
      await this.#replay(letters)
      after = letters.at(-1) ?? null
      if (letters.length < CHUNK) return
    }
  }

  async #replay(letters: readonly LetterRow[]): Promise<void> {
    const { reader } = this.#deps
    reader.options?.signal?.throwIfAborted()
    const replays = await replaysOf(reader, letters)
    const planned = letters.flatMap((letter) => this.#plan(letter, replays.get(letter.id) ?? []))
    const fresh = await this.#withoutStored(planned)
    if (fresh.length === 0) return
    await this.#append(fresh)
    await this.#mark(fresh)
    this.result.replayed += fresh.length
  }

  #plan(letter: LetterRow, replays: readonly ReplayRow[]): Planned[] {
    const { force, record } = this.#order
    if (replays.length > 0 && !force) return this.#skip(letter, 'already_replayed')
    return record === undefined ? this.#asItIs(letter, replays) : this.#corrected(letter, replays)
  }

  #asItIs(letter: LetterRow, replays: readonly ReplayRow[]): Planned[] {
    const { project_id } = readFacts(letter.record)
    const project = project_id ?? letter.project_id
    if (this.#deps.reader.scope !== null && project !== letter.project_id) {
      return this.#skip(letter, 'other_project')
    }
    const uuid = replays[0]?.uuid ?? uuidOf(letter) ?? madeUuid(letter.id)
    return [{ letter, uuid, project, key: letter.record_key, value: letter.record }]
  }

  #corrected(letter: LetterRow, replays: readonly ReplayRow[]): Planned[] {
    const fixed = replays[0]?.uuid ?? uuidOf(letter)
    const { value, uuid, project, distinct_id } = correctRecord(this.#order.record ?? '', {
      project: this.#deps.reader.scope,
      uuid: fixed === null ? { fallback: madeUuid(letter.id) } : { fixed },
      nowMs: this.#deps.clock(),
    })
    // The partition where the letter died knows the event's other copies.
    const isOwn = letter.record_key.startsWith(`${project}:`)
    const key = isOwn ? letter.record_key : partitionKey(project, distinct_id)
    return [{ letter, uuid, project, key, value }]
  }

  async #withoutStored(planned: readonly Planned[]): Promise<Planned[]> {
    const deadAtMs = Math.min(...planned.map(({ letter }) => letter.deadAtMs))
    const uuids = planned.map(({ uuid }) => uuid)
    const events = await eventsStoredSince(this.#deps.reader, uuids, deadAtMs)
    const stored = new Set(events.map(({ project_id, uuid }) => `${project_id}:${uuid}`))
    return planned.flatMap((one) =>
      stored.has(`${one.project}:${one.uuid}`) ? this.#skip(one.letter, 'already_stored') : [one],
    )
  }

  async #append(planned: readonly Planned[]): Promise<void> {
    const records = planned.map(
      ({ key, value, uuid }, i): LogRecord => ({
        ...{ key, value, uuid, idx: 0 },
        shard: this.#shard,
        seq: this.#seq + i + 1,
      }),
    )
    try {
      for (const part of parts(records)) await this.#deps.target.append(part)
    } catch (error) {
      throw new QueryRefusal('log_unavailable', 'the log did not take the records; try again', {
        cause: error,
      })
    }
  }

  async #mark(planned: readonly Planned[]): Promise<void> {
    const first = this.#seq + 1
    const rows = planned.map(({ letter, uuid }) => {
      const { project_id, log_id, log_partition, log_offset } = letter
      const corrected = this.#order.record !== undefined
      const record = { shard: this.#shard, seq: ++this.#seq, uuid, corrected }
      return JSON.stringify({ project_id, log_id, log_partition, log_offset, ...record })
    })
    const token = `${this.#shard}/${first}-${this.#seq}`
    await this.#deps.target.insert('dead_letter_replays', rows, token)
  }

  #skip({ id }: LetterRow, reason: SkipReason): [] {
    this.result.skipped++
    if (this.result.skips.length < MAX_SKIPS_LISTED) {
      this.result.skips.push({ id, reason, message: SKIP_REASONS[reason] })
    }
    return []
  }
}

function parts(records: readonly LogRecord[]): LogRecord[][] {
  const all: LogRecord[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const record of records) {
    size += record.value.length
    if (size > MAX_APPEND_CHARACTERS) {
      all.push([])
      size = record.value.length
    }
    all.at(-1)?.push(record)
  }
  return all
}

export const unknownLetter = (id: string, field: string): QueryRefusal =>
  new QueryRefusal('unknown_letter', `there is no dead letter ${id} here`, { field })

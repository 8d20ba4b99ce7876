import type { LetterList, LetterSummary, ReplayResult } from '@headwater/schemas/dead-letter'
import { NEVER, testConsumer } from '../consumer/test-consumer.ts'
import type { LogRecord, StoredRecord } from '../log/log.ts'
import type { EventStore, QueryStore } from '../store/store.ts'
import { type Answer, type TestClient, testClient } from './test-api.ts'

export interface TestLettersOptions {
  logId: string
  /** Whose letters are asked for unless another is named. */
  project: string
}

/** The query API with one partition of a log, and the consumer that reads it when it is told to. */
export class TestLetters {
  readonly log: { id: string; records: StoredRecord[] }
  readonly project: string
  readonly #store: EventStore & QueryStore
  readonly api: TestClient
  #consumer: ReturnType<typeof testConsumer> | undefined
  #handled = 0
  /** What fails next. */
  failing: 'append' | 'mark' | null = null

  constructor(store: EventStore & QueryStore, { logId, project }: TestLettersOptions) {
    this.#store = store
    this.project = project
    this.log = { id: logId, records: [] }
    this.api = testClient({ store, replays: this.target, clock: Date.now })
  }

  get target() {
    return {
      append: (records: readonly LogRecord[]) => this.append(records),
      insert: (...args: Parameters<EventStore['insert']>) =>
        this.failing === 'mark' ? Promise.reject(new Error('away')) : this.#store.insert(...args),
    }
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    if (this.failing === 'append') throw new Error('no broker')
    const { length } = this.log.records
    for (const [i, { key, value, uuid, shard, seq, idx }] of records.entries()) {
      const place = { offset: length + i, appendedAt: Date.now() }
      this.log.records.push({ key, value, uuid, shard, seq, idx, ...place })
    }
  }

  /** Handles what is on the log; `restarted` by a consumer that knows only what is stored. */
  async consume({ restarted = false } = {}): Promise<void> {
    if (restarted || !this.#consumer) {
      this.#consumer = testConsumer({ log: this.log, store: this.#store })
      await this.#consumer.assigned(0, this.#handled)
    }
    await this.#consumer.handle(0, this.log.records.slice(this.#handled), NEVER)
    this.#handled = this.log.records.length
  }

  async list(project = this.project, params: Record<string, string> = {}): Promise<LetterList> {
    return (await this.api.get<LetterList>('/api/dead-letters', { project, ...params })).body
  }

  /** The letter whose record had this offset. */
  async letterAt(offset: number, project = this.project): Promise<LetterSummary> {
    const { letters } = await this.list(project)
    const letter = letters.find(({ id }) => id.endsWith(`-0-${offset}`))
    if (!letter) throw new Error(`no letter at ${offset}`)
    return letter
  }

  async replay(order: Record<string, unknown>): Promise<ReplayResult> {
    const { status, body } = await this.tryReplay<ReplayResult>(order)
    if (status !== 200) throw new Error(JSON.stringify(body))
    return body
  }

  tryReplay<Body>(order: Record<string, unknown>): Promise<Answer<Body>> {
    return this.api.post('/api/dead-letters/replay', { project: this.project, ...order })
  }

  async stored(columns = 'toUInt32(log_offset) AS at'): Promise<Record<string, unknown>[]> {
    return this.#store.query({
      text: `SELECT ${columns} FROM events WHERE log_id = {log:String} ORDER BY log_offset`,
      params: { log: this.log.id },
    })
  }
}

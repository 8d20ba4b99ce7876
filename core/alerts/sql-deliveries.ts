import { MAILTO } from '@headwater/schemas/insights/alert'
import { sql } from 'kysely'
import type { Item } from '../query/saved/saved-store.ts'
import { storable } from '../query/saved/sql-reader.ts'
import type { DeliveryTable, MetadataDatabase } from '../query/saved/tables.ts'
import type { NewDelivery, Outcome, StoredDelivery } from './alert-store.ts'
import type { ChannelType } from './channels.ts'

/** Messages that are on their way: the outbox. */
export class SqlDeliveries {
  protected readonly db: MetadataDatabase

  constructor(db: MetadataDatabase) {
    this.db = db
  }

  async enqueue(
    { project, id: source }: Item,
    messages: readonly NewDelivery[],
    now: number,
    claimedUntil: number | null,
  ): Promise<void> {
    if (messages.length === 0) return
    const at = new Date(now)
    const rows = messages.map(({ id, reason, url, body }) => ({
      id,
      project_id: project,
      source,
      reason,
      url: storable(url),
      body: storable(body),
      state: 'pending',
      // Whoever claims it counts its own.
      attempts: claimedUntil === null ? 0 : 1,
      status: null,
      problem: null,
      created_at: at,
      next_at: at,
      claimed_until: claimedUntil === null ? null : new Date(claimedUntil),
      done_at: null,
    }))
    await this.db.insertInto('insights.deliveries').values(rows).execute()
  }

  async claim(
    type: ChannelType,
    now: number,
    until: number,
    limit: number,
  ): Promise<StoredDelivery[]> {
    const at = new Date(now)
    await this.#giveUpOrphans(at)
    const { rows } = await sql<DeliveryTable>`
      UPDATE insights.deliveries SET claimed_until = ${new Date(until)}, attempts = attempts + 1
      WHERE id IN (
        SELECT id FROM insights.deliveries AS due
        WHERE state = 'pending' AND next_at <= ${at}
          AND starts_with(url, ${MAILTO}) = ${type === 'email'}
          AND (claimed_until IS NULL OR claimed_until <= ${at})
          AND NOT EXISTS (
            SELECT 1 FROM insights.deliveries AS older
            WHERE older.project_id = due.project_id AND older.source = due.source
              AND older.url = due.url AND older.state = 'pending' AND older.place < due.place)
        ORDER BY place LIMIT ${limit}
        FOR UPDATE SKIP LOCKED)
      RETURNING *`.execute(this.db)
    return rows.map(toDelivery)
  }

  async settle(id: string, outcome: Outcome, now: number): Promise<void> {
    const { state, status, problem, next_at } = outcome
    await this.db
      .updateTable('insights.deliveries')
      .set({
        state,
        status,
        problem: problem === null ? null : storable(problem),
        next_at: next_at === null ? null : new Date(next_at),
        claimed_until: null,
        done_at: state === 'pending' ? null : new Date(now),
      })
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .execute()
  }

  async deliveriesOf({ project, id }: Item, limit: number): Promise<StoredDelivery[]> {
    const rows = await this.db
      .selectFrom('insights.deliveries')
      .selectAll()
      .where('project_id', '=', project)
      .where('source', '=', id)
      .orderBy('place', 'desc')
      .limit(limit)
      .execute()
    return rows.map(toDelivery)
  }

  // What was deleted has nothing more to say; not even when it is restored later.
  async #giveUpOrphans(at: Date): Promise<void> {
    await sql`
      UPDATE insights.deliveries
      SET state = 'failed', problem = 'it was deleted', next_at = NULL, done_at = ${at}
      WHERE state = 'pending' AND NOT EXISTS (
        SELECT 1 FROM insights.items
        WHERE items.project_id = deliveries.project_id AND items.id = deliveries.source
          AND items.deleted_at IS NULL)`.execute(this.db)
  }

  async forgetBefore(time: number): Promise<void> {
    await this.db
      .deleteFrom('insights.deliveries')
      .where('created_at', '<', new Date(time))
      .execute()
  }
}

const toDelivery = (row: Omit<DeliveryTable, 'place'>): StoredDelivery => ({
  id: row.id,
  project: row.project_id,
  source: row.source,
  reason: row.reason as StoredDelivery['reason'],
  url: row.url,
  body: row.body,
  state: row.state as StoredDelivery['state'],
  attempts: row.attempts,
  status: row.status,
  problem: row.problem,
  created_at: row.created_at.getTime(),
  next_at: row.next_at?.getTime() ?? null,
  done_at: row.done_at?.getTime() ?? null,
})

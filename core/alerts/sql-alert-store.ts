import { sql } from 'kysely'
import type { Item } from '../query/saved/saved-store.ts'
import { toItem } from '../query/saved/sql-reader.ts'
import type { WatchTable } from '../query/saved/tables.ts'
import type { AlertStore, Look, NewDelivery, Watch, Watched } from './alert-store.ts'
import { SqlDeliveries } from './sql-deliveries.ts'

const EMPTY = {
  state: 'unknown',
  since: null,
  value: null,
  previous: null,
  interval_end: null,
  snoozed_until: null,
  problem: null,
} as const
const NEVER: Watch = EMPTY

/** On PostgreSQL, or on the one inside the process. */
export class SqlAlertStore extends SqlDeliveries implements AlertStore {
  async takeLease(name: string, holder: string, now: number, until: number): Promise<boolean> {
    const taken = await this.db
      .insertInto('insights.leases')
      .values({ name, holder, until: new Date(until) })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ holder, until: new Date(until) })
          .where(({ or, eb }) =>
            or([
              eb('insights.leases.holder', '=', holder),
              eb('insights.leases.until', '<=', new Date(now)),
            ]),
          ),
      )
      .returning('name')
      .executeTakeFirst()
    return taken !== undefined
  }

  async watched(): Promise<Watched[]> {
    const items = await this.db
      .selectFrom('insights.items')
      .selectAll()
      .where('kind', 'in', ['alert', 'subscription'])
      .where('deleted_at', 'is', null)
      .orderBy('project_id')
      .orderBy('id')
      .execute()
    const watches = await this.db.selectFrom('insights.watches').selectAll().execute()
    const known = new Map(watches.map((row) => [`${row.project_id} ${row.id}`, toWatch(row)]))
    return items.map((row) => ({
      item: toItem(row),
      watch: known.get(`${row.project_id} ${row.id}`) ?? NEVER,
    }))
  }

  async watchOf(item: Item): Promise<Watch> {
    return (await this.watchesOf([item]))[0] ?? NEVER
  }

  async watchesOf(items: readonly Item[]): Promise<Watch[]> {
    const [first] = items
    if (!first) return []
    const ids = items.map(({ id }) => id)
    const rows = await this.db
      .selectFrom('insights.watches')
      .selectAll()
      .where('project_id', '=', first.project)
      .where('id', 'in', ids)
      .execute()
    const watches = new Map(rows.map((row) => [row.id, toWatch(row)]))
    return ids.map((id) => watches.get(id) ?? NEVER)
  }

  async snooze(item: Item, until: number | null): Promise<void> {
    const snoozed_until = until === null ? null : new Date(until)
    await this.#put(item, { snoozed_until })
  }

  async noteProblem(item: Item, problem: string): Promise<void> {
    await this.#put(item, { problem })
  }

  advance(
    { item, watch }: Watched,
    look: Look,
    messages: readonly NewDelivery[],
    now: number,
  ): Promise<boolean> {
    return this.db.transaction().execute(async (trx) => {
      const { project, kind, id, version } = item
      const same = await trx
        .selectFrom('insights.items')
        .select('id')
        .where('project_id', '=', project)
        .where('kind', '=', kind)
        .where('id', '=', id)
        .where('version', '=', version)
        .where('deleted_at', 'is', null)
        // Whoever changes or deletes it comes before or after this, not in between.
        .forShare()
        .executeTakeFirst()
      if (!same) return false
      const columns = {
        state: look.state,
        since: asDate(look.since),
        value: look.value,
        previous: look.previous,
        interval_end: new Date(look.interval_end),
        problem: null,
      }
      const seen = asDate(watch.interval_end)
      const moved = await trx
        .insertInto('insights.watches')
        .values({ project_id: project, id, snoozed_until: null, ...columns })
        .onConflict((conflict) =>
          conflict
            .columns(['project_id', 'id'])
            .doUpdateSet(columns)
            .where(sql<boolean>`watches.interval_end IS NOT DISTINCT FROM ${seen}::timestamptz`)
            .where(sql<boolean>`coalesce(watches.snoozed_until <= ${new Date(now)}, true)`),
        )
        .returning('id')
        .executeTakeFirst()
      if (!moved) return false
      await new SqlDeliveries(trx).enqueue(item, messages, now, null)
      return true
    })
  }

  async #put({ project, id }: Item, columns: Partial<WatchTable>): Promise<void> {
    await this.db
      .insertInto('insights.watches')
      .values({ project_id: project, id, ...EMPTY, ...columns })
      .onConflict((conflict) => conflict.columns(['project_id', 'id']).doUpdateSet(columns))
      .execute()
  }
}

const asDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))

const toWatch = (row: WatchTable): Watch => ({
  state: row.state as Watch['state'],
  since: row.since?.getTime() ?? null,
  value: row.value,
  previous: row.previous,
  interval_end: row.interval_end?.getTime() ?? null,
  snoozed_until: row.snoozed_until?.getTime() ?? null,
  problem: row.problem,
})

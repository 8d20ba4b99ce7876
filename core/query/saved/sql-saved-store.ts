import { sql } from 'kysely'
import type { SavedStore } from './saved-store.ts'
import { SqlSavedReader } from './sql-reader.ts'
import { SqlSavedWriter } from './sql-writer.ts'
import type { MetadataDatabase } from './tables.ts'

/** Any number that nothing else on the same database server locks with a second one. */
const WRITE_LOCK = 7_214_006

/** On PostgreSQL, or on the one inside the process. */
export class SqlSavedStore extends SqlSavedReader implements SavedStore {
  readonly #author: string | null

  constructor(db: MetadataDatabase, author: string | null = null) {
    super(db)
    this.#author = author
  }

  by(author: string | null): SavedStore {
    return new SqlSavedStore(this.db, author)
  }

  write: SavedStore['write'] = (project, work) =>
    this.db.transaction().execute(async (trx) => {
      await sql`SELECT pg_advisory_xact_lock(${WRITE_LOCK}, hashtext(${project}))`.execute(trx)
      return work(new SqlSavedWriter(trx, project, this.#author))
    })
}

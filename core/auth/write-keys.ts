import { type Revocations, signWriteKey } from '@headwater/schemas/write-key'
import type { WriteKeyEntry } from './contract.ts'
import type { Database } from './database.ts'
import { AuthError } from './errors.ts'

/** More than anybody rotates through; keeps the revocation list short. */
const MAX_WRITE_KEYS_PER_PROJECT = 200

interface WriteKeyRow {
  project_id: string
  epoch: number
  name: string
  created_at: Date
  revoked_at: Date | null
}

/** Every key of the project, revoked ones too, oldest first. */
export async function listWriteKeys(
  db: Database,
  secret: string,
  projectId: string,
): Promise<WriteKeyEntry[]> {
  const rows = await db
    .selectFrom('write_keys')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('epoch')
    .execute()
  return Promise.all(rows.map((row) => toEntry(secret, row)))
}

/** Makes the project's next key. Throws `limit_reached`. */
export async function createWriteKey(
  db: Database,
  secret: string,
  projectId: string,
  name: string,
): Promise<WriteKeyEntry> {
  const row = await db.transaction().execute(async (trx) => {
    // The lock makes two callers take two epochs.
    await trx
      .selectFrom('projects')
      .select('id')
      .where('id', '=', projectId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const { last } = await trx
      .selectFrom('write_keys')
      .select(({ fn }) => fn.max('epoch').as('last'))
      .where('project_id', '=', projectId)
      .executeTakeFirstOrThrow()
    const epoch = (last ?? 0) + 1
    if (epoch > MAX_WRITE_KEYS_PER_PROJECT) {
      const message = `A project has at most ${MAX_WRITE_KEYS_PER_PROJECT} write keys, revoked ones too.`
      throw new AuthError('limit_reached', message)
    }
    return trx
      .insertInto('write_keys')
      .values({ project_id: projectId, epoch, name })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return toEntry(secret, row)
}

/** Revokes for good; a second call changes nothing. Throws `not_found`. */
export async function revokeWriteKey(
  db: Database,
  secret: string,
  projectId: string,
  epoch: number,
  now: Date,
): Promise<WriteKeyEntry> {
  const row = await db
    .updateTable('write_keys')
    .set(({ fn, ref, val }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(now)) }))
    .where('project_id', '=', projectId)
    .where('epoch', '=', epoch)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new AuthError('not_found', `Project "${projectId}" has no write key ${epoch}.`)
  return toEntry(secret, row)
}

/** What the edge must refuse although it is correctly signed. */
export async function listRevocations(db: Database): Promise<Revocations> {
  const revoked = await db
    .selectFrom('write_keys')
    .select(['project_id', 'epoch'])
    .where('revoked_at', 'is not', null)
    .orderBy('revoked_at')
    .execute()
  return { revoked }
}

async function toEntry(secret: string, row: WriteKeyRow): Promise<WriteKeyEntry> {
  return {
    epoch: row.epoch,
    name: row.name,
    key: await signWriteKey(secret, row),
    created_at: row.created_at.toISOString(),
    revoked_at: row.revoked_at?.toISOString() ?? null,
  }
}

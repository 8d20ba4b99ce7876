import type { Asker } from '@headwater/schemas/asker'
import { sql } from 'kysely'
import { type Auth, READ_KEY_CONFIG } from './better-auth.ts'
import type { MadeReadKey, ReadKey } from './contract.ts'
import type { Database } from './database.ts'
import { AuthError } from './errors.ts'
import type { StoredProject } from './projects.ts'

const SECONDS_PER_DAY = 86_400
const MAX_READ_KEYS_PER_PROJECT = 100
const MAX_READ_KEY_LENGTH = 100

/** The plugin keeps permissions as this JSON; a key opens exactly one project. */
const permissionsFor = (projectId: string) => ({ read: [projectId] })

export async function listReadKeys(db: Database, project: StoredProject): Promise<ReadKey[]> {
  const rows = await keysOf(db, project).orderBy('createdAt').execute()
  return rows.map(toReadKey)
}

/** Makes a secret key that can only ask about this project. It is stored as its hash. */
export async function createReadKey(
  auth: Auth,
  db: Database,
  project: StoredProject,
  userId: string,
  wanted: { name: string; expires_in_days?: number | undefined },
): Promise<MadeReadKey> {
  if ((await keysOf(db, project).execute()).length >= MAX_READ_KEYS_PER_PROJECT) {
    const message = `A project has at most ${MAX_READ_KEYS_PER_PROJECT} read keys.`
    throw new AuthError('limit_reached', message)
  }
  const { key, ...made } = await auth.api.createApiKey({
    body: {
      configId: READ_KEY_CONFIG,
      organizationId: project.organization_id,
      userId,
      name: wanted.name,
      permissions: permissionsFor(project.id),
      expiresIn: wanted.expires_in_days ? wanted.expires_in_days * SECONDS_PER_DAY : null,
    },
  })
  return { ...toReadKey(made), key }
}

/** Deletes the key: whoever asks from now on learns that it opens nothing. Throws `not_found`. */
export async function revokeReadKey(
  db: Database,
  project: StoredProject,
  id: string,
): Promise<void> {
  const found = await db
    .deleteFrom('apikey')
    .where('id', '=', id)
    .where('referenceId', '=', project.organization_id)
    .where('permissions', '=', JSON.stringify(permissionsFor(project.id)))
    .returning('id')
    .executeTakeFirst()
  if (!found) throw new AuthError('not_found', `Project "${project.id}" has no such read key.`)
}

/**
 * The read key as one who asks; null when it opens nothing. Throws `rate_limited` when the key is used
 * too often, and rejects when the database is away: that is no answer about the key.
 */
export async function findReadKey(auth: Auth, db: Database, key: string): Promise<Asker | null> {
  if (key.length > MAX_READ_KEY_LENGTH) return null
  const checked = await auth.api.verifyApiKey({ body: { configId: READ_KEY_CONFIG, key } })
  if (checked.error?.code === 'RATE_LIMITED') {
    throw new AuthError('rate_limited', 'This read key is used too often: slow down.')
  }
  const projects: unknown = checked.valid && checked.key?.permissions?.read
  if (Array.isArray(projects) && typeof projects[0] === 'string') {
    return { name: checked.key?.name ?? '', projects: [{ id: projects[0], role: 'reader' }] }
  }
  // The plugin calls a key invalid also when it could not look it up.
  await sql`SELECT 1`.execute(db)
  return null
}

function keysOf(db: Database, project: StoredProject) {
  return db
    .selectFrom('apikey')
    .select(['id', 'name', 'start', 'createdAt', 'expiresAt', 'lastRequest'])
    .where('configId', '=', READ_KEY_CONFIG)
    .where('referenceId', '=', project.organization_id)
    .where('permissions', '=', JSON.stringify(permissionsFor(project.id)))
}

function toReadKey(row: {
  id: string
  name: string | null
  start: string | null
  createdAt: Date
  expiresAt: Date | null
  lastRequest: Date | null
}): ReadKey {
  return {
    id: row.id,
    name: row.name ?? '',
    start: row.start ?? '',
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastRequest?.toISOString() ?? null,
  }
}

import { type Asker, CREDENTIAL } from '@headwater/schemas/asker'
import type { Clock } from '../shared/clock.ts'
import { type Auth, READ_KEY_PREFIX } from './better-auth.ts'
import type { Database } from './database.ts'
import { listAccess } from './projects.ts'
import { findReadKey } from './read-keys.ts'
import { highestRole } from './roles.ts'

export interface AskerDeps {
  auth: Auth
  db: Database
  clock: Clock
}

/**
 * Who holds a read key, or the token that signing in answered; null when nobody does, or no longer.
 * Rejects when the database is away: that is no answer about the credential.
 */
export async function findAsker(deps: AskerDeps, credential: string): Promise<Asker | null> {
  if (!CREDENTIAL.test(credential)) return null
  return credential.startsWith(READ_KEY_PREFIX)
    ? findReadKey(deps.auth, deps.db, credential)
    : findSignedIn(deps, credential)
}

async function findSignedIn({ auth, db, clock }: AskerDeps, token: string): Promise<Asker | null> {
  const { internalAdapter } = await auth.$context
  const found = await internalAdapter.findSession(token)
  if (!found || found.session.expiresAt.getTime() <= clock()) return null
  const memberships = await listAccess(db, found.user.id)
  const projects = memberships.flatMap(({ id, role }) => {
    const highest = highestRole(role)
    return highest ? [{ id, role: highest }] : []
  })
  return { name: found.user.email, projects }
}

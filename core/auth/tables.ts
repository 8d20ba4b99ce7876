import type { Generated } from 'kysely'

/** The tables that we query ourselves: better-auth's (camelCase) and our own (snake_case). */
export interface Tables {
  organization: { id: string; name: string; slug: string; createdAt: Date }
  member: { id: string; organizationId: string; userId: string; role: string; createdAt: Date }
  apikey: {
    id: string
    configId: string
    name: string | null
    start: string | null
    referenceId: string
    permissions: string | null
    createdAt: Date
    expiresAt: Date | null
    lastRequest: Date | null
  }
  session: { id: string; token: string; userId: string; expiresAt: Date }
  rateLimit: { id: string; key: string }
  projects: {
    id: string
    organization_id: string
    name: string
    created_at: Generated<Date>
  }
  /** The key's text is derived from project and epoch, and stored nowhere. */
  write_keys: {
    project_id: string
    epoch: number
    name: string
    created_at: Generated<Date>
    revoked_at: Date | null
  }
}

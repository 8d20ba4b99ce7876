// Who asks the query API: what the auth service tells the query service of a credential.
import { z } from '@hono/zod-openapi'
import { ProjectId } from './insight.ts'

/** What one may do in a project, the least first: each may do what those before it may. */
export const ROLES = ['reader', 'member', 'admin', 'owner'] as const
/** `reader` is a read key; the others are what users are in the organisation of the project. */
export type Role = (typeof ROLES)[number]

export const Asker = z
  .object({
    /** The e-mail address of a user, or the name of a read key. */
    name: z.string(),
    /** All that they may ask about. */
    projects: z.array(z.object({ id: ProjectId, role: z.enum(ROLES) })),
  })
  .openapi('Asker')
export type Asker = z.infer<typeof Asker>

/** What an Authorization header can hold after `Bearer`; longer than any read key or session token. */
export const CREDENTIAL = /^[A-Za-z0-9._~+/=-]{1,200}$/

/** Null: nobody holds this credential, or it has ended. */
export const AskerAnswer = z.object({ asker: Asker.nullable() })

// The bodies of the auth API; schemas/openapi/auth.json is made from them.

import { ProjectId } from '@headwater/schemas/insight'
import { PROJECT_NAME, REGION_NAME } from '@headwater/schemas/project-id'
import { z } from '@hono/zod-openapi'

export const Name = z.string().trim().min(1).max(100)

export const User = z
  .object({ id: z.string(), email: z.string(), name: z.string() })
  .openapi('User')

export const Organization = z
  .object({ id: z.string(), name: z.string(), role: z.string().openapi({ example: 'owner' }) })
  .openapi('Organization')

export const Me = z.object({ user: User, organizations: z.array(Organization) }).openapi('Me')

export const Project = z
  .object({
    id: ProjectId,
    name: z.string(),
    organization_id: z.string(),
    /** Where its events are held and stored: what its id says, or the default region. */
    region: z.string().openapi({ example: 'local' }),
    created_at: z.iso.datetime(),
  })
  .openapi('Project')
export type Project = z.infer<typeof Project>

export const NewProject = z
  .strictObject({
    id: z
      .string()
      .regex(PROJECT_NAME, 'is a lower-case letter, then up to 19 letters, digits or dashes')
      .openapi({ example: 'shop' }),
    name: Name,
    /** Pins the project for good: its id becomes `<region>.<id>`. Left out: the default region. */
    region: z
      .string()
      .regex(REGION_NAME, 'is a lower-case letter, then up to 9 letters, digits or dashes')
      .optional()
      .openapi({
        description:
          'Where its events are held and stored, for good; its id becomes `<region>.<id>`.',
        example: 'eu',
      }),
    /** Needed only by a user of several organisations. */
    organization_id: z.string().max(100).optional(),
  })
  .openapi('NewProject')

export const WriteKeyEntry = z
  .object({
    epoch: z.number().int(),
    name: z.string(),
    /** Public: it can only send events to this project. */
    key: z.string().openapi({ example: 'wk_default_1_0123456789abcdef0123456789abcdef' }),
    created_at: z.iso.datetime(),
    /** Null while the key works. The edge learns of a revocation within 60 s. */
    revoked_at: z.iso.datetime().nullable(),
  })
  .openapi('WriteKey')
export type WriteKeyEntry = z.infer<typeof WriteKeyEntry>

export const NewWriteKey = z.strictObject({ name: Name }).openapi('NewWriteKey')

export const ReadKey = z
  .object({
    id: z.string(),
    name: z.string(),
    /** The first characters of the key, to tell keys apart. */
    start: z.string(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    last_used_at: z.iso.datetime().nullable(),
  })
  .openapi('ReadKey')
export type ReadKey = z.infer<typeof ReadKey>

/** The answer to making a read key: the only time that the secret is shown. */
export const MadeReadKey = ReadKey.extend({ key: z.string() }).openapi('MadeReadKey')
export type MadeReadKey = z.infer<typeof MadeReadKey>

export const NewReadKey = z
  .strictObject({ name: Name, expires_in_days: z.number().int().min(1).max(365).optional() })
  .openapi('NewReadKey')

export const Revoked = z
  .object({ revoked: z.array(z.object({ project_id: ProjectId, epoch: z.number().int() })) })
  .openapi('Revocations')

export const ProjectParam = z.object({ project: ProjectId })
export const EpochParam = ProjectParam.extend({
  epoch: z.coerce.number().int().min(1).max(999_999),
})
export const ReadKeyParam = ProjectParam.extend({ id: z.string().min(1).max(100) })

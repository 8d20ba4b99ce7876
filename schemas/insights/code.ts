// Dashboards as code: all that a project's people have set up, in one document that can be kept with
// sources, compared, and put into another project.
import { z } from '@hono/zod-openapi'
import { alertCode, subscriptionCode } from './alert.ts'
import { dashboardCode } from './dashboard.ts'
import { ProjectId } from './question.ts'
import { insightCode, Key, MAX_SAVED } from './saved.ts'
import { cohortCode } from './saved-cohort.ts'
import { ID_PREFIXES, type SavedKind } from './saved-id.ts'
import { SettingsCode } from './settings.ts'

export const CODE_VERSION = 1

const listOf = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).max(MAX_SAVED).default([])

/** Everything is named by its key; there are no ids, and no order but that of the keys. */
export const Code = z
  .strictObject({
    version: z.literal(CODE_VERSION),
    /** Left out while the project was told nothing. */
    settings: SettingsCode.optional(),
    cohorts: listOf(z.strictObject(cohortCode)),
    insights: listOf(z.strictObject(insightCode)),
    dashboards: listOf(z.strictObject(dashboardCode)),
    alerts: listOf(z.strictObject(alertCode)),
    subscriptions: listOf(z.strictObject(subscriptionCode)),
  })
  .openapi('Code')
export type Code = z.infer<typeof Code>

const flag = z
  .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
  .optional()
  .openapi({ type: 'boolean', default: false })

export const ImportParams = z.strictObject({
  project: ProjectId,
  /** Deletes what the document does not name; without it, that is left alone. */
  prune: flag,
  /** Says what would change, and changes nothing. */
  dry_run: flag,
})

const kinds = Object.keys(ID_PREFIXES) as SavedKind[]
/** The settings have their own name for a key. */
const changes = z.array(z.object({ kind: z.enum([...kinds, 'settings']), key: Key }))

export const ImportReport = z
  .object({
    dry_run: z.boolean(),
    created: changes,
    updated: changes,
    unchanged: changes,
    removed: changes,
  })
  .openapi('ImportReport')
export type ImportReport = z.infer<typeof ImportReport>

// What a project says once for all its questions.
import { z } from '@hono/zod-openapi'
import { Filters, FiltersCode } from './filters.ts'
import { TimeZone, WeekStart } from './range.ts'

const settings = <Filter extends z.ZodType>(filters: Filter) => ({
  /** Of questions that name none. */
  time_zone: TimeZone.default('UTC'),
  /** Of questions that name none. */
  week_start: WeekStart.default('monday'),
  /**
   * What every event of somebody outside meets: events for which any of them does not hold are internal, such
   * as those of one's own people and of tests.
   */
  internal_users_filters: filters,
  /** Whether insights that do not say so leave out internal events. */
  filter_internal_by_default: z.boolean().default(false),
})

export const settingsBody = settings(
  Filters.default([]).openapi({
    example: [
      { type: 'person', property: 'email', operator: 'not_contains', value: '@example.com' },
      { property: '$host', operator: 'is_not', value: ['localhost', 'staging.example.com'] },
    ],
  }),
)
export const SettingsBody = z.strictObject(settingsBody).openapi('SettingsBody')
export type SettingsBody = z.infer<typeof SettingsBody>

/** The same as code: cohorts that are saved are named by their keys. */
export const SettingsCode = z
  .strictObject(settings(FiltersCode.default([])))
  .openapi('SettingsCode')
export type SettingsCode = z.infer<typeof SettingsCode>

/** Of a project that was told nothing. */
export const DEFAULT_SETTINGS: SettingsBody = SettingsBody.parse({})

/** Which version was changed: 0 of settings that never were. */
export const SettingsVersion = z.number().int().min(0)

export const ProjectSettings = z
  .object({
    /** One more with every change; 0 until the first. */
    version: SettingsVersion,
    /** Null until the first change. */
    updated_at: z.iso.datetime().nullable(),
    ...settingsBody,
  })
  .openapi('ProjectSettings')
export type ProjectSettings = z.infer<typeof ProjectSettings>

/** PUT /api/settings: what is left out has its default, not its old value. */
export const ChangedSettings = z
  .strictObject({ version: SettingsVersion.optional(), ...settingsBody })
  .openapi('ChangedSettings')

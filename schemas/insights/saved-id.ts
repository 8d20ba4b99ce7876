// Ids of what is saved. By themselves, because questions hold them, and what is saved holds questions.
import { z } from '@hono/zod-openapi'

/** What can be saved, and how its ids begin. */
export const ID_PREFIXES = {
  cohort: 'coh',
  insight: 'ins',
  dashboard: 'dash',
  annotation: 'note',
  alert: 'alert',
  subscription: 'sub',
} as const
export type SavedKind = keyof typeof ID_PREFIXES

export const idOf = (kind: SavedKind) =>
  z
    .string()
    .regex(
      new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{8}$`),
      `is ${ID_PREFIXES[kind]}_ and eight letters or digits`,
    )
    .openapi({ example: `${ID_PREFIXES[kind]}_7k2m9xqd` })

/** Stays the same in every project that an item is copied to; unique among the live ones of its kind. */
export const Key = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,63}$/,
    'is lower-case letters, digits and dashes, up to 64, the first of them no dash',
  )
  .openapi({ example: 'weekly-page-views' })

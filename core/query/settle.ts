import type { Filters } from '@headwater/schemas/insights/filters'
import type { Settled } from '@headwater/schemas/insights/question'
import type { WeekStart } from '@headwater/schemas/insights/range'
import { DEFAULT_SETTINGS, type SettingsBody } from '@headwater/schemas/insights/settings'
import { resolveCohorts, resolveOn } from './cohort/resolve.ts'
import type { OpenMetadata } from './saved/metadata.ts'
import type { SavedReader } from './saved/saved-store.ts'
import { settingsOf } from './saved/settings.ts'

/** What a question may leave to the settings of its project. */
export interface Unsettled {
  project: string
  time_zone?: string | undefined
  week_start?: WeekStart | undefined
  exclude_internal?: boolean | undefined
  filters: Filters
}

/**
 * Fills in what a question leaves to its project, and the rules of saved cohorts; done once, before it is
 * planned, so that statements, and with them the keys of kept answers, hold all that was meant. Rejects with
 * a QueryRefusal that names the field of an unknown cohort, and with DatabaseAway when what was meant cannot
 * be told: an answer by other settings would be a wrong one.
 */
export type Settle = <Question extends Unsettled>(question: Question) => Promise<Settled<Question>>

/** @param metadata Where settings are kept. @default nowhere: those of a project that was told nothing count */
export const settleOn =
  (metadata?: OpenMetadata): Settle =>
  async (question) =>
    leavesNothing(question) || !metadata
      ? resolveOn(metadata)(settledBy(question, DEFAULT_SETTINGS))
      : settle(question, (await metadata()).saved)

/** As Settle; inside a write its own writer is what reads. */
export const settle = async <Question extends Unsettled>(
  question: Question,
  reader: SavedReader,
): Promise<Settled<Question>> => {
  const { body } = await settingsOf(question.project, reader)
  return resolveCohorts(settledBy(question, body), reader)
}

export function settledBy<Question extends Unsettled>(
  question: Question,
  settings: SettingsBody,
): Settled<Question> {
  const {
    filters,
    time_zone = settings.time_zone,
    week_start = settings.week_start,
    exclude_internal = settings.filter_internal_by_default,
  } = question
  const outside = exclude_internal ? settings.internal_users_filters : []
  return {
    ...question,
    time_zone,
    week_start,
    exclude_internal,
    filters: [...filters, ...outside],
  }
}

/** What the question left to its project, as an answer tells it. */
export const settledFacts = ({ time_zone, week_start, exclude_internal }: Settled<object>) => ({
  time_zone,
  week_start,
  exclude_internal,
})

// Its answer needs no settings: it is given also while their database is away.
const leavesNothing = ({ time_zone, week_start, exclude_internal }: Unsettled): boolean =>
  time_zone !== undefined && week_start !== undefined && exclude_internal === false
